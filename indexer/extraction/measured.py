"""A passage's goals in numbers: which quantities are goals, and what each measures, in the passage's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from corpus.language.deadlines import Deadline, find_deadlines
from corpus.language.quantities import Quantity, find_quantities
from corpus.language.task_verbs import alternatives, opening
from indexer.extraction.goals import Scope, clause_pattern, clauses_of, table
from indexer.extraction.wording import shortened, tidy, without_opening


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal where it is written: the span of its clause, where its number stands, what is measured, and by when.

    ``indicator`` has the words that say what is done to it ("giảm 10% số vụ tai nạn"), ``name`` what is measured alone.
    """

    start: int
    end: int
    at: int
    indicator: str
    name: str
    comparator: str
    value: float
    high: float | None
    unit: str
    due: Deadline | None = None


_LABELLED = re.compile(r"^(?:chỉ\s+tiêu|mục\s+tiêu)\s+\d+\s*[.:)]\s*", re.IGNORECASE)
_MARKED = re.compile(r"^[\s\-–+•*●○▪✓❖·|]*(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zđ]|[IVX]+)[.)]\s*)?[\s\-–+•*]*")
_STRONG = re.compile(r"[,(]\s*(?:trong\s+đó(?:\s+có)?|đồng\s+thời|tỷ\s+lệ|tỉ\s+lệ)\s*", re.IGNORECASE)
_WEAK = re.compile(r",\s*|\s+và\s+|\s+đồng\s+thời\s+", re.IGNORECASE)
_APART = re.compile(r"\s(?:ít\s+nhất|tối\s+thiểu)\s*$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_YEAR = r"(?:(?:đến|vào|trong|hết|tới)\s+)*năm\s+20\d\d"
_STRIVES = re.compile(r".*phấn\s+đấu(?!\w)", re.IGNORECASE | re.DOTALL)
_MORE = re.compile(r"\s*(?!(?:và|hoặc)\s)[^\s,;:.)(/×]")
_NAMELESS = frozenset({"sản phẩm", "kết quả", "số lượng", "quy mô", "khối lượng"})
_TIME = re.compile(r"[\W\d]*(?:đến|năm|từ|giai\s+đoạn|trong|phấn\s+đấu)(?!\w)", re.IGNORECASE)
_TURNS = re.compile(r"(?<!\w)(?:tăng|giảm)", re.IGNORECASE)
_TURNS_BY = re.compile(r"(?<!\w)(?:tăng|giảm)(?:\s+(?:thêm|bình\s+quân))?(?=\s*$)", re.IGNORECASE)
_HAS = re.compile(r"(?<!\w)(?:có|mỗi)(?!\w)", re.IGNORECASE)
_ENSURES = re.compile(r"(?<!\w)(?:đảm\s+bảo|bảo\s+đảm|phải\s+có|có)$", re.IGNORECASE)
_LONGEST_VERB = 12  # characters of "đạt tỷ lệ"
_SHARED_HEAD = re.compile(
    r"(?:cơ\s+cấu|tỷ\s+(?:lệ|trọng)|tỉ\s+(?:lệ|trọng)|tốc\s+độ|chỉ\s+số|số\s+lượng|trong\s+đó)\b", re.IGNORECASE
)
# "cho người học tại 100% trường và trên 70% người lao động": the same is done to both.
_OF_BOTH = re.compile(r"\b(?:cho|tại|ở|với|đối\s+với)$", re.IGNORECASE)
_AND = re.compile(r"\s+và\s*$", re.IGNORECASE)
_PREDICATE = re.compile(
    r"(?<!\w)(?:được|có|đạt|đáp\s+ứng|áp\s+dụng|sử\s+dụng|ứng\s+dụng|bảo\s+đảm|đảm\s+bảo|hoàn\s+thành|tham\s+gia|thực\s+hiện)(?!\w)",
    re.IGNORECASE,
)
# What comes about is the thing counted: "Hình thành ít nhất 02 vùng nuôi thông minh".
_COMES_ABOUT = re.compile(
    r"(?:hình\s+thành|phát\s+triển|thành\s+lập|tạo(?:\s+lập)?|có)(?:\s+(?:mới|thêm))?", re.IGNORECASE
)
_FEWEST_OF_NAME = 4  # words that name a thing by themselves
_FOR_WHOM = re.compile(r"\s+cho$", re.IGNORECASE)
_TIMES = re.compile(r"(?:giờ|phút|giây|ngày|tuần|tháng|năm)(?:\s+làm\s+việc)?", re.IGNORECASE)
_MONEY = re.compile(r"đồng|usd", re.IGNORECASE)
_DIGITS = re.compile(
    r"[\d.,\s]*\d\s*(?:(?:[-–]|đến|tới|lên|xuống|còn)\s*[\d.,]*\d\s*)?(?:/\s?[\d.]+\s+)?(?:(?:nghìn|ngàn|triệu|tỷ|tỉ|vạn)(?!\w)\s*)*"
)


@cache
def _words(name: str) -> str:
    return alternatives(table()["words"][name])


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    opening, measuring, adding = (_words(name) for name in ("opening", "measuring", "adding"))
    return {
        "opening": re.compile(rf"^[\s,;:)–-]*(?:(?:{_YEAR}|{opening})(?!\w)[\s,:]*)+", re.IGNORECASE),
        "measuring": re.compile(rf"(?:(?<!\w)(?<!trở\s){measuring}\s*|:\s*)+$", re.IGNORECASE),
        "adding": re.compile(rf",\s+(?:{adding})(?!\w)", re.IGNORECASE),
        "measures": re.compile(table()["words"]["measures"], re.IGNORECASE),
    }


def goals_in(words: str, offset: int, scope: Scope | None, *, plan: bool, year: int | None) -> Iterator[Goal]:
    """The goals that a passage sets; ``offset`` is where it starts, ``plan`` whether its document sets goals.

    ``scope``: what the part of the document it stands in is for; None outside of all parts.
    """
    held, strives, head = None, False, ""
    for start, end in clauses_of(words):
        clause = words[start:end]
        quantities = find_quantities(clause) if _DIGIT.search(clause) else []
        if quantities or _TIME.match(clause):
            read = _Clause(clause, offset + start, scope, plan, year, strives, head)
            for goal in read.goals(quantities):
                yield goal if goal.due else replace(goal, due=held)
            held = read.opening_deadline or held
            strives, head = read.strives, read.head
        goes_on = words[end : end + 1] == ";"
        strives, head = strives and goes_on, head if goes_on else ""


class _Clause:
    """One clause, with what is known of the place it stands in."""

    def __init__(
        self, text: str, offset: int, scope: Scope | None, plan: bool, year: int | None, strives: bool, head: str = ""
    ) -> None:
        self._text = text
        self._offset = offset
        self._scope = scope
        self._plan = plan
        self._says_goal = clause_pattern("goal").search(text) is not None
        # "Phấn đấu tỷ suất sinh đạt 2,1 con; tỷ số giới tính dưới 109 …": said once for all.
        self.strives = strives or clause_pattern("strives").search(text) is not None
        self._deadlines = find_deadlines(text, year)
        self._dated = [deadline for deadline in self._deadlines if deadline.first or deadline.last]
        self._last = ""  # what the quantity before measures
        self._head = head  # words before a colon that name what several numbers measure
        self._inner = False  # whether the next quantity stands inside of what this one counts
        self._done_to: int | None = None  # where words start that hold for the next number too
        self._whole: int | None = None  # where its words start, if they hold the number itself

    @property
    def head(self) -> str:
        """The words before a colon that name a measure for the next clause too: "Cơ cấu kinh tế: A 27%; B 28%"."""
        return self._head if _SHARED_HEAD.match(self._head) else ""

    @property
    def opening_deadline(self) -> Deadline | None:
        """The dated deadline that the clause begins with; it holds for what follows as well ("Đến năm 2025 …; …")."""
        first = self._deadlines[0] if self._deadlines else None
        if first is None or not (first.first or first.last):
            return None
        lead = _LABELLED.sub("", _MARKED.sub("", self._text[: first.start]))
        return None if _patterns()["opening"].sub("", lead.strip()).strip(" ,:") else first

    def goals(self, quantities: Sequence[Quantity]) -> Iterator[Goal]:
        """The quantities of the clause that are goals."""
        cut = 0
        for number, quantity in enumerate(quantities):
            following = quantities[number + 1] if number + 1 < len(quantities) else None
            inner = self._inner
            indicator, name, end, comparator = self._measured(quantity, cut, following)
            # Inside of what another number counts ("90% trẻ được tầm soát 5 bệnh") only what each has is a goal.
            if inner and not quantity.unit.startswith("%") and not _HAS.search(self._text[cut : quantity.start]):
                continue
            if indicator and self._is_goal(quantity):
                yield Goal(
                    self._offset + len(self._text) - len(self._text.lstrip()),
                    self._offset + len(self._text.rstrip()),
                    self._offset + quantity.number,
                    indicator,
                    name,
                    comparator,
                    quantity.value,
                    quantity.high,
                    quantity.unit,
                    self._due(quantity, cut, end),
                )
            cut = end

    def _is_goal(self, quantity: Quantity) -> bool:
        """Whether a quantity is a goal, by where it stands and by the words before and after it."""
        before, after = self._text[: quantity.start], self._text[quantity.end :]
        percent = quantity.unit.startswith("%")
        if not self._may_set(before, percent) or self._tells(quantity, before, after):
            return False
        if percent:
            return self._scope is Scope.GOALS or clause_pattern("rate").match(after) is None
        if _TIMES.fullmatch(quantity.unit.split("/", maxsplit=1)[0]):
            return self._limits(quantity, before, after)
        return self._counts(quantity, before)

    def _may_set(self, before: str, percent: bool) -> bool:
        """Whether goals may stand here at all."""
        if self._scope in {Scope.REWARD, Scope.SUBJECT, Scope.PAST, Scope.MONEY}:
            return self._plan and clause_pattern("strives").search(before) is not None
        return self._scope is Scope.GOALS or (self._plan and self._scope is not None) or (self._says_goal and percent)

    def _tells(self, quantity: Quantity, before: str, after: str) -> bool:
        """Whether a clause tells a result, lays down a condition or quotes."""
        if clause_pattern("past").search(before) and not clause_pattern("strives").search(before):
            return True
        if any(clause_pattern(name).match(after) for name in ("past_after", "then")):
            return True
        if before.count("(") > before.count(")") and not quantity.stated:
            return True
        if before.count("“") > before.count("”"):
            return True
        sets = ":" in before or "đạt" in before or clause_pattern("goal").search(before) is not None
        return not sets and clause_pattern("condition").match(_MARKED.sub("", self._text)) is not None

    def _limits(self, quantity: Quantity, before: str, after: str) -> bool:
        """Whether a length of time is a goal: a limit, or what it is to come down to; no deadline from today on."""
        if clause_pattern("counted").match(after):
            return False
        led = self._text[quantity.start : quantity.number].strip().lower()
        limit = quantity.comparator in {"<=", "range"} or (quantity.stated and quantity.comparator == ">=")
        falls = led.startswith("từ") and quantity.comparator == "="
        return limit or falls or (self._scope is Scope.GOALS and _patterns()["measuring"].search(before) is not None)

    def _counts(self, quantity: Quantity, before: str) -> bool:
        """Whether a number of things or of money is a goal."""
        is_goals = self._scope is Scope.GOALS
        if clause_pattern("scope").search(before) or (_MONEY.search(quantity.unit) and not is_goals):
            return False
        # "đơn vị dưới 10 người", "xã có trên 50 hộ", "từ 10 ha trở lên": which ones are meant.
        if quantity.comparator in {"<", ">", ">="} and not (is_goals or self._says_goal or self.strives):
            led = self._text[quantity.start : quantity.number].strip().lower()
            return quantity.comparator == ">=" and led not in {"", "từ"}
        return True

    def _measured(self, quantity: Quantity, cut: int, following: Quantity | None) -> tuple[str, str, int, str]:
        """What a quantity measures, its bare name, where what belongs to the next one starts, and its comparator.

        ``cut`` is where what belongs to it starts. "ít nhất vào năm 2025 đạt 40%" has its comparator apart.
        """
        text, percent = self._text, quantity.unit.startswith("%")
        more = self._names_more(quantity)
        start, stop, measuring = self._core(cut, quantity.start, more=more)
        comparator = quantity.comparator
        if comparator == "=" and (apart := _APART.search(text[start:stop])):
            comparator, stop = ">=", start + apart.start()
        core = text[start:stop]
        if more and (percent or not self._inner) and _ENSURES.search(core):
            core, start = "", quantity.start
        measures = _patterns()["measures"].search(core) is not None
        # "Tại địa bàn đô thị: 100% trẻ em …", "rà soát, bảo đảm đạt tỷ lệ 100% thủ tục …": what follows is measured.
        colon = text[stop : quantity.start].lstrip().startswith(":")
        if measuring and more and not measures and (colon or (percent and opening().match(core))):
            measuring = False
            core, start = ("", quantity.start) if colon else (core, start)
        # "rút thời gian từ 05 ngày còn 02 ngày"
        measuring = measuring or (not more and text[quantity.start :].lower().startswith("từ"))
        is_before = bool(core) and (measuring or (percent and measures))
        end = self._end(quantity, following, is_before)
        self._inner = end is None
        next_cut = quantity.end if end is None else end
        if is_before and core.lower() not in _NAMELESS:
            self._whole = None
            indicator = tidy(without_opening(core))
            return indicator, self._named(indicator, core, measures), next_cut, comparator
        phrase_end = self._phrase_end(quantity.end, len(text) if end is None else end) if more else quantity.end
        name = tidy(text[quantity.end if percent else self._unit_start(quantity) : phrase_end]) if more else ""
        if not more and percent:
            told = (
                self._scope is Scope.GOALS
                or quantity.stated
                or self._says_goal
                or measuring
                or self._falls_due(quantity)
            )
            indicator = tidy(without_opening(core)) or self._last if told else ""
            return indicator, self._named(indicator, core, measures), next_cut, comparator
        if not core and following is not None and percent:
            name = self._with_predicate(name, quantity, next_cut, following)
        counted = self._counted(quantity, core, start, phrase_end, name)
        self._last = name or counted
        return counted, name or counted, next_cut, comparator

    def _counted(self, quantity: Quantity, core: str, start: int, phrase_end: int, name: str) -> str:
        """What a number counts, in the words around it, which start at ``start``; ``name``: those after it alone."""
        text, percent = self._text, quantity.unit.startswith("%")
        if not core and percent and self._done_to is not None and _AND.search(text, 0, quantity.start):
            start = self._done_to
            return tidy(shortened(text[start:phrase_end], quantity.number - start))
        self._done_to = start if _OF_BOTH.search(core) else None
        if not core:
            # "tại 10 sở và 3 huyện": the words before the first hold for both.
            whole = start if self._whole is None else self._whole
            return name or tidy(shortened(text[whole:phrase_end], quantity.number - whole))
        self._whole = start
        if self._scope is Scope.GOALS and _COMES_ABOUT.fullmatch(core) and len(name.split()) >= _FEWEST_OF_NAME:
            return name
        whom = _FOR_WHOM.search(core)
        if self._scope is Scope.GOALS and whom is not None and not percent and len(name.split()) <= 1:
            return tidy(core[: whom.start()])
        return tidy(shortened(text[start:phrase_end], quantity.number - start)) or name

    def _with_predicate(self, name: str, quantity: Quantity, cut: int, following: Quantity) -> str:
        """The name of "100% X và 90% Y được …": X and on to the end, as what is said of Y is said of X too."""
        between = self._text[cut : following.start]
        if between.strip().lower() != "và" or not name or _PREDICATE.search(name) or not following.unit.startswith("%"):
            return name
        end = self._phrase_end(following.end, len(self._text))
        said = _PREDICATE.search(self._text, following.end, end)
        return (
            name
            if said is None or _DIGIT.search(self._text, said.start(), end)
            else tidy(self._text[quantity.end : end])
        )

    def _named(self, indicator: str, core: str, measures: bool) -> str:
        """What an indicator is called: of "Đúng hạn: cấp tỉnh 98%, cấp xã 95%" with the words before the colon."""
        head, colon, _ = core.partition(":")
        name = indicator if measures or not self._head else f"{self._head}: {indicator}"
        self._head = head if colon else "" if measures else self._head
        self._last = name
        return name

    def _names_more(self, quantity: Quantity) -> bool:
        """Whether more words than its unit name what a number counts."""
        return not self._falls_due(quantity) and _MORE.match(self._text, quantity.end) is not None

    def _falls_due(self, quantity: Quantity) -> bool:
        """Whether a deadline follows a number at once."""
        gaps = (self._text[quantity.end : each.start] for each in self._dated if each.start >= quantity.end)
        return any(not gap.strip() for gap in gaps)

    def _core(self, start: int, end: int, *, more: bool = True) -> tuple[int, int, bool]:
        """The span before a number without what only leads it in, and whether words of measuring end it."""
        text = self._text
        head = _MARKED.match(text[start:end]) if start == 0 else None
        start += head.end() if head else 0
        if labelled := _LABELLED.match(text[start:end]):
            start += labelled.end()
        if (strives := _STRIVES.match(text[start:end])) and (more or start + strives.end() < end - _LONGEST_VERB):
            start += strives.end()
        changed = True
        while changed:
            changed = False
            for deadline in self._deadlines:
                gap = text[start : deadline.start].strip(" ,:\n")
                if start <= deadline.start and deadline.end <= end and not gap and deadline.end > start:
                    start, changed = deadline.end, True
            if opened := _patterns()["opening"].match(text[start:end]):
                start, changed = start + opened.end(), True
        while start < end and text[start] in " ,:\n)":
            start += 1
        measuring = _patterns()["measuring"].search(text[start:end])
        if measuring and more and not measuring.start() and _TURNS.search(measuring[0]):
            measuring = None  # "giảm 10% số vụ tai nạn": what is to be done to it
        if measuring:
            # "số vụ được phát hiện tăng trên 3%": which way it is to turn belongs to what is measured.
            turns = _TURNS_BY.search(measuring[0])
            end = start + measuring.start() + (turns.end() if turns else 0)
        for deadline in self._deadlines:
            if start < deadline.start and deadline.end <= end and not text[deadline.end : end].strip(" ,\n"):
                end = deadline.start
        stop = len(text[:end].rstrip(" ,:\n(-–"))
        return start, max(start, stop), measuring is not None

    def _end(self, quantity: Quantity, following: Quantity | None, is_before: bool) -> int | None:
        """Where what belongs to a quantity ends and the next one begins; None where the next one is inside of it."""
        if following is None:
            return len(self._text)
        between = self._text[quantity.end : following.start]
        if strong := list(_STRONG.finditer(between)):
            return quantity.end + (strong[0] if is_before else strong[-1]).start()
        for part in _WEAK.finditer(between) if is_before else reversed(list(_WEAK.finditer(between))):
            start, stop, measuring = self._core(quantity.end + part.end(), following.start)
            core = self._text[start:stop]
            # "100% xã, phường mỗi quý có 04 tin": no new goal starts at the comma.
            if (
                part.start() == 0
                or is_before
                or measuring
                or not core
                or opening().match(core)
                or _TURNS.match(core)
                or _patterns()["measures"].match(core)
            ):
                return quantity.end + part.start()
        return None

    def _phrase_end(self, start: int, end: int) -> int:
        """Where the words after a number stop naming what is measured."""
        stop = end if end > start else len(self._text)
        if adds := _patterns()["adding"].search(self._text, start, stop):
            stop = adds.start()
        for deadline in self._deadlines:
            if deadline not in self._dated and not self._text[: deadline.start].rstrip().endswith(","):
                continue
            if start < deadline.start < stop and self._text[start : deadline.start].strip(" ,("):
                stop = deadline.start
        return stop

    def _unit_start(self, quantity: Quantity) -> int:
        digits = _DIGITS.match(self._text, quantity.number, quantity.end)
        return digits.end() if digits else quantity.number

    def _due(self, quantity: Quantity, cut: int, end: int) -> Deadline | None:
        """The deadline of a quantity: its own, else the one that its clause begins with."""
        dated = self._dated
        own = [deadline for deadline in dated if cut <= deadline.start < max(end, quantity.end)]
        if own:
            return own[0]
        held = [deadline for deadline in self._deadlines if deadline.start <= quantity.number < deadline.end]
        if held:
            return held[0]
        return dated[0] if dated and dated[0].start < quantity.start else None
