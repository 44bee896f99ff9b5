"""In which form a command answers: what its options and the output file's suffix say together."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cli.answering import AnswerForm, form_of
from api.cli.delivering import choose_form
from corpus.errors import QueryError

FORMS = get_args(AnswerForm)


@given(st.none() | st.sampled_from(FORMS), st.none() | st.sampled_from(["json", "xlsx", "docx", "ics", "pdf"]))
def test_an_option_and_a_suffix_give_one_form_or_are_refused(form: str | None, suffix: str | None) -> None:
    output = Path(f"việc.{suffix}") if suffix else None
    named = {form, suffix if suffix in FORMS else None} - {None}
    if len(named) > 1 or (output and named <= {"table"}):
        with pytest.raises(QueryError):
            choose_form(form, output, FORMS, as_json=False)
    else:
        assert choose_form(form, output, FORMS, as_json=False) == next(iter(named), "table")


def test_only_what_has_deadlines_becomes_a_calendar() -> None:
    output = Path("tóm tắt.ics")
    assert form_of(None, output, as_json=False, dated=True) == "ics"
    with pytest.raises(QueryError) as refused:
        form_of(None, output, as_json=False)
    assert "xlsx, docx hoặc json" in refused.value.vi
