"""Who decides: the body that may issue a call of this kind, hazard and severity in this phase."""

from __future__ import annotations

from beffroi.city.model import ANY, Body, City
from beffroi.errors import NotAllowed


class NoCompetentBody(NotAllowed):
    """No row of the city's competence table fits, so nobody may issue this call."""

    code = "no-competent-body"


def competent_body(city: City, kind: str, hazard: str, severity: str, phase: str) -> Body:
    """The body named by the first row of the table that fits; `severity` is CAP's word, the rest are codes of the city.

    Raises NoCompetentBody when no row fits: what the table does not grant is denied.
    """
    for row in city.competence:
        asked = ((hazard, row.hazards), (severity, row.severities), (phase, row.phases))
        if row.kind == kind and all(ANY in allowed or value in allowed for value, allowed in asked):
            return next(body for body in city.body if body.code == row.body)
    raise NoCompetentBody(kind=kind, hazard=hazard, severity=severity, phase=phase)
