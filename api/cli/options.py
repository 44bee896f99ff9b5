"""Options that several commands take: declared once, read into one value."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal

from api.cli.context import (
    DEFAULT_ARCHIVE,
    AddressOption,
    AgencyOption,
    ArchiveOption,
    DocumentOption,
    DueFromOption,
    DueToOption,
    Form,
    HasDeadlineOption,
    JsonOption,
    LeadOption,
    OffsetOption,
    OutputOption,
    ProvinceOption,
    QualityOption,
    TodayOption,
    TypeOption,
    YearOption,
    open_archive,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from api.answers.filters import Filters
    from api.exports.columns import Kind
    from corpus.store.archive import Archive


@dataclass(frozen=True, kw_only=True, slots=True)
class Filtering:
    """The archive to ask and what narrows every list."""

    archive: ArchiveOption = DEFAULT_ARCHIVE
    year: YearOption = None
    province: ProvinceOption = None
    as_of_today: TodayOption = False
    types: TypeOption = None
    quality: QualityOption = None
    agency: AgencyOption = None
    lead: LeadOption = None
    due_from: DueFromOption = None
    due_to: DueToOption = None
    has_deadline: HasDeadlineOption = False
    document: DocumentOption = None

    def open(self) -> tuple[Archive, Filters]:
        """The archive, and the filters that the options name; QueryError for one that cannot be."""
        from api.answers.documents import known_types
        from api.answers.filters import read_filters
        from api.answers.narrowing import narrowed

        archive = open_archive(self.archive)
        filters = read_filters(
            archive.places,
            known_types(archive),
            year=self.year,
            provinces=self.province or (),
            types=self.types or (),
            qualities=self.quality or (),
            as_of_today=self.as_of_today,
        )
        return archive, narrowed(
            archive,
            filters,
            agencies=self.agency or (),
            leads=self.lead or (),
            documents=self.document or (),
            due_from=self.due_from,
            due_to=self.due_to,
            has_deadline=self.has_deadline,
            as_of_today=self.as_of_today,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """From where a list is wanted, and where it goes."""

    offset: OffsetOption = 0
    as_json: JsonOption = False
    output: OutputOption = None
    address: AddressOption = ""

    def form_of(self, form: Form | None, kind: Kind) -> Form:
        """The form that a list of that kind is given in; QueryError for options that do not go together."""
        from api.cli.delivering import form_of
        from api.exports.links import require_address

        require_address(self.address)
        return form_of(form, self.output, kind, as_json=self.as_json)

    def deliver(
        self, records: Sequence[DataclassInstance], kind: Kind, form: Literal["json", "csv", "xlsx", "ics"], notice: str
    ) -> None:
        """Write records in any form but a table; ``notice``: what the archive says about its documents."""
        from api.cli.delivering import deliver

        deliver(records, kind, form, self.output, self.address, notice)


def bundled(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer reads it: a parameter that is one of the classes above stands for all its options."""
    own = inspect.signature(command, eval_str=True).parameters
    bundles = {name: own[name].annotation for name in own if is_dataclass(own[name].annotation)}
    spread: list[inspect.Parameter] = []
    for name, parameter in own.items():
        options = (
            inspect.signature(bundles[name], eval_str=True).parameters.values() if name in bundles else [parameter]
        )
        spread += [option.replace(kind=inspect.Parameter.KEYWORD_ONLY) for option in options]

    @functools.wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401  (what typer has read)
        for name, bundle in bundles.items():
            given[name] = bundle(**{option.name: given.pop(option.name) for option in fields(bundle)})
        command(**given)

    run.__signature__ = inspect.Signature(spread)  # type: ignore[attr-defined]  # functions have it; typeshed does not say so
    run.__annotations__ = {option.name: option.annotation for option in spread}
    return run
