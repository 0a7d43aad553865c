// On every residents' page: the language menu remembers the choice and closes; the print button prints.

const menu = document.getElementById("languages");
if (menu) {
  menu.addEventListener("click", (event) => {
    const link = event.target.closest("a[hreflang]");
    if (link) document.cookie = `lang=${encodeURIComponent(link.hreflang)}; path=/; max-age=31536000; samesite=lax`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}

const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

export function words() {
  return JSON.parse(document.getElementById("words").textContent);
}

// "%(n)s places" with its values.
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}
