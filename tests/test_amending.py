"""One instrument amends another: between the parties of both the new article stands in the place of the old one, from its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from lawkb.answer import Option
    from lawkb.api import KnowledgeBase


def _option(kb: KnowledgeBase, instrument: str, on: str) -> Option:
    (channel,) = kb.channels("CHE", "UKR", measure="extradition", on=on).channels
    return next(o for o in channel.options if o.instrument == instrument)


@pytest.mark.parametrize(("on", "limits", "clock"), [
    ("2019-02-28", {"coe-024.14", "coe-024.15"}, "coe-024.14"), ("2019-03-01", {"coe-212.3", "coe-212.4"}, "coe-212.4")])
def test_speciality_is_that_of_the_fourth_protocol_from_the_day_on_which_it_binds_both(kb: KnowledgeBase, on: str, limits: set[str], clock: str) -> None:
    """CETS 212 art. 3 and 4: new articles 14 and 15 of the Convention; it binds Ukraine from 1 March 2019."""
    option = _option(kb, "coe-024", on)
    assert {limit.provision for limit in option.use_limits} == limits
    assert clock in {limit.provision for limit in option.time_limits}
    assert "coe-024.14" not in {limit.provision for limit in option.time_limits} or clock == "coe-024.14"


@pytest.mark.parametrize(("on", "provision"), [("2019-02-28", "coe-024.10"), ("2019-03-01", "coe-212.1")])
def test_the_time_bar_is_that_of_the_fourth_protocol_from_the_day_on_which_it_binds_both(kb: KnowledgeBase, on: str, provision: str) -> None:
    """CETS 212 art. 1: the time bar of the requested Party is a ground no longer, save where it was reserved."""
    assert [ground.provision for ground in _option(kb, "coe-024", on).refusal_grounds if ground.ground == "time-bar"] == [provision]


def test_a_simplified_extradition_keeps_the_conditions_and_the_limits_of_the_convention(kb: KnowledgeBase) -> None:
    """CETS 209 art. 1: persons sought in accordance with the Convention; what CETS 212 amends counts here too."""
    option = _option(kb, "coe-209", "2019-03-01")
    assert {"consent-of-person", "dual-criminality", "min-years"} <= {condition.code for condition in option.conditions}
    assert {limit.provision for limit in option.use_limits} == {"coe-212.3", "coe-212.4"}
    assert [ground.provision for ground in option.refusal_grounds if ground.ground == "time-bar"] == ["coe-212.1"]


def test_a_transfer_without_consent_keeps_dual_criminality_and_not_the_consent(kb: KnowledgeBase) -> None:
    """ETS 167 art. 1(2): the Convention applies so far as it goes with the protocol, which does without the consent of the person."""
    (channel,) = kb.channels("ITA", "NLD", measure="transfer-of-sentenced-persons", on="2026-11-23").channels
    option = next(o for o in channel.options if o.instrument == "coe-167")
    assert {"dual-criminality", "min-years"} <= {condition.code for condition in option.conditions}
    assert "consent-of-person" not in {condition.code for condition in option.conditions}
