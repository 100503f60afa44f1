"""A controller's rules: what is refused, with a sentence that names rule and place."""

import pytest

from fairhearing.policy import RuleRefused, check
from tests.policy.oracle import SAMPLES

HEAD = '@id("no-nights")\n@reason("Nobody listens at night.")\n'


def test_a_permit_is_refused_whatever_it_says() -> None:
    with pytest.raises(RuleRefused, match="rule no-nights, line 3: a permit; expected forbid"):
        check(HEAD + "permit (principal, action, resource);")


def test_a_rule_that_fits_is_taken_with_its_name_and_reason() -> None:
    text = HEAD + "forbid (principal, action, resource) when { context.hour < 6 };"
    rule = check(text)
    assert (rule.name, rule.reason, rule.text) == ("no-nights", "Nobody listens at night.", text)
    assert [check(sample.text).name for sample in SAMPLES] == [sample.name for sample in SAMPLES]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + "forbid (principal, action, resource) when {\n context.our < 6 };", "rule no-nights, line 4: .*`our`"),
        (HEAD + 'forbid (principal, action, resource)\nwhen { context.hour == "six" };', "rule no-nights, line 4: "),
        (HEAD + "forbid (principal, action, resource) when { context.plays > 2 };", "rule no-nights, line 3: .*plays"),
        (HEAD + "forbid (principal is Speaker, action, resource);", "rule no-nights, line 3: .*Speaker"),
        (HEAD + 'forbid (principal, action == Action::"hear_own", resource);', "rule no-nights, line 3: .*hear_own"),
        (HEAD + "forbid (principal, action, resource) when {\n context.hour <\n};", "line 5: unexpected token"),
        (HEAD + "forbid (principal == ?principal, action, resource);", "template"),
        (HEAD + "forbid (principal, action, resource);\nforbid (principal, action, resource);", "2 rules"),
        ("", "0 rules"),
        ("// only a remark", "0 rules"),
        ("forbid (principal, action, resource);", "line 1 has no name"),
        ('@id("No Nights") forbid (principal, action, resource);', "line 1: expected an @id of small letters"),
        ('@id("stop-means-now") @reason("x") forbid (principal, action, resource);', "a rule of the house has this"),
        ('@id("x") forbid (principal, action, resource);', "rule x: @reason"),
        ('@id("x")\n@reason("y")\n@until("z")\nforbid (principal, action, resource);', "rule x, line 3: .*@until"),
        ("//" + "x" * 4000, "4002 characters"),
        (HEAD + "forbid (principal, action, resource) when { " + "(" * 1500, "expected one rule"),
        ("\0", "expected one rule"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_rule_and_the_place(text: str, sentence: str) -> None:
    with pytest.raises(RuleRefused, match=sentence):
        check(text)
