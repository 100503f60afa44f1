"""``fairhearing policy``: what it answers, and how it refuses."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fairhearing.cli import policy
from fairhearing.programmes.models import HouseRule
from tests.house import House

RULE = (
    '@id("no-nights")\n@reason("Nobody listens at night.")\nforbid (principal, action, resource) when {{ {} < 6 }};\n'
)
Call = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command within this process, on the test's database."""
    monkeypatch.setattr(policy.ready, "django", lambda _home: nullcontext())

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(policy.policy, [*arguments, "--json"])

    return invoke


def _value(done: Result) -> Any:
    assert done.exit_code == 0, done.output
    return json.loads(done.output.splitlines()[-1])


def test_a_rule_that_does_not_hold_is_refused_in_one_sentence(call: Call, house: House, tmp_path: Path) -> None:
    file = tmp_path / "nights.cedar"
    file.write_text(RULE.format("context.our"))
    refused = call("add", str(file))
    assert refused.exit_code == 1
    (line,) = refused.output.splitlines()
    assert f"{file}: rule no-nights, line 3: attribute `our`" in line
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in call("add", str(file)).output
    assert call("add", str(tmp_path / "nowhere")).exit_code == 2
    assert not HouseRule.objects.exists()


def test_a_rule_is_added_listed_and_removed(call: Call, house: House, tmp_path: Path) -> None:
    file = tmp_path / "nights.cedar"
    file.write_text(RULE.format("context.hour"))
    assert _value(call("list")) == {"rules": []}
    assert _value(call("add", str(file))) == {"rule": "no-nights", "reason": "Nobody listens at night."}
    assert "in force" in call("add", str(file)).output
    (listed,) = _value(call("list"))["rules"]
    assert (listed["rule"], listed["text"]) == ("no-nights", file.read_text())
    assert _value(call("remove", "no-nights")) == {"rule": "no-nights", "removed": True}
    assert call("remove", "no-nights").exit_code == 1
    assert _value(call("list")) == {"rules": []}
