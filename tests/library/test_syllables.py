"""Syllables of words whose count everybody knows, most of them from the library's texts."""

from __future__ import annotations

import pytest

from beffroi.library.syllables import COUNTERS, count

KNOWN = {
    "es": """agua 2 inundación 4 río 2 ríos 2 ciudad 2 prohibir 2 ahora 3 búho 2 aéreo 4 muy 1 playa 2 rey 1 que 1
        guerra 2 pingüino 3 vehículo 4 limpiáis 2 causa 2 país 2 oír 2 baúl 2 construido 3 escuela 3 viento 2 incendio 3
        emergencia 4 aléjese 4 quédese 3 móvil 2 piso 2 calle 2 químico 3 suba 2 ya 1 y 1 teléfono 4 garaje 3
        vecinos 3 huevo 2 averiguar 4 buey 1 oigo 2 leer 2 electricidad 5 línea 3 policía 4""",
    "ca": """aigua 2 història 4 noia 2 veïns 2 països 3 continua 4 ruïna 3 cuina 2 ciutat 2 gràcies 3 diu 1 quatre 2
        guant 1 qüestió 3 llengües 2 inundació 5 xiquets 2 puge 2 pis 1 garatge 3 iogurt 2 hui 1 vosté 2 carrer 2
        emergència 5 incendi 3 telèfon 3 medicines 4 allunye's 3 aïllar 3 raó 2 vent 1 pluja 2 policia 4 electricitat 5
        feia 2 meua 2 creuar 2 conduir 3 vehicle 3 egoista 4 diari 3 companyia 4 guerra 2 Europa 3 boira 2 cotxe 2""",
    "fr": """eau 1 inondation 4 alerte 2 maintenant 3 montez 2 étage 2 voiture 2 vite 1 rue 1 rues 1 vie 1 médicaments 4
        téléphone 3 fenêtres 2 école 2 oui 1 voisins 2 que 1 guerre 1 gaz 1 réel 2 théâtre 2 maïs 2 naïf 2 voyage 2
        rez-de-chaussée 4 n'allez 2 appelez 3 fumée 2 feu 1 incendie 3 animaux 3 intérieur 3 chaleur 2 personne 2
        famille 2 travail 2 travailler 3 bâtiment 3 soyez 2 essayez 3 électricité 5 où 1 les 1 l'air 1 feuille 1""",
    "en": """water 2 flood 1 upstairs 2 leave 1 garage 2 basement 2 people 2 area 3 danger 2 closed 1 wanted 2 needed 2
        houses 2 places 2 close 1 the 1 table 2 little 2 fire 1 neighbours 2 medicines 3 emergency 4 electric 3 radio 3
        dangerous 3 evacuate 4 quiet 2 usually 4 station 2 special 2 apples 2 lives 1 stopped 1 called 1 handled 2
        ventilation 4 exercise 3 messages 3 someone 2 video 3 being 2 drying 2 people's 2 idea 3 create 2 vehicle 3
        please 1 official 3 whole 1 bottles 2 serious 3 available 4 fuel 2 settlement 3""",
}


def pairs() -> list[tuple[str, str, int]]:
    return [
        (language, word, int(number))
        for language, words in KNOWN.items()
        for word, number in zip(words.split()[::2], words.split()[1::2], strict=True)
    ]


@pytest.mark.parametrize(("language", "word", "number"), pairs())
def test_known_words(language: str, word: str, number: int) -> None:
    assert count(word, language) == number
    assert count(word.upper(), language) == number


def test_each_language_is_tried() -> None:
    assert set(KNOWN) == set(COUNTERS)


@pytest.mark.parametrize("language", sorted(COUNTERS))
def test_a_word_without_a_vowel_is_spoken_all_the_same(language: str) -> None:
    assert count("km", language) == 1


def test_a_language_without_rules_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        count("Wasser", "de")
