"""Rules for looking up known holes."""

import json

from tests.audit import judge

HOLE = {"id": "PYSEC-1", "fix_versions": ["2.0"]}


def test_a_known_hole_fails_and_is_named() -> None:
    """With the version that mends it."""
    said = {"dependencies": [{"name": "a", "version": "1.0", "vulns": [HOLE]}]}

    assert judge(json.dumps(said)) == (
        ["a 1.0: PYSEC-1, mended in 2.0", "1 packages looked up, 1 known holes."],
        True,
    )


def test_what_was_not_looked_up_is_said_and_fails_nothing() -> None:
    """Neither a package nobody knows nor a database that is away is taken for a package without holes."""
    unknown = {"dependencies": [{"name": "a", "skip_reason": "not found"}]}

    assert judge(json.dumps(unknown))[0][-1].startswith("NOT AUDITED: 1 packages")
    assert judge("")[0][0].startswith("NOT AUDITED")
    assert not judge(json.dumps(unknown))[1]
    assert not judge("")[1]
