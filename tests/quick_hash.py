"""The real password hash with a thousandth of its work: the rest of the code cannot tell them apart."""

from __future__ import annotations

from django.contrib.auth.hashers import ScryptPasswordHasher


class QuickScrypt(ScryptPasswordHasher):
    """Says in each hash how much work it was, so that the real one verifies it."""

    work_factor = 2
