"""Answer what was printed: a page of lines, and the whole log as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from stripchart.query.console import plain
from stripchart.server import schema
from stripchart.server.errors import BadRequestError
from stripchart.store.contract import ConsolePage, ConsoleRead, FoundLine, Reader

MOST_LINES = 50_000
LINES_A_READ = 20_000


def console(events: Reader, task_id: str, query: schema.ConsoleQuery) -> schema.ConsolePage:
    """Return console lines.

    Raises:
        BadRequestError: the pattern is no regular expression, the limit does not fit, or there are two places to
            count from.
    """
    if not 0 <= query.limit <= MOST_LINES:
        raise BadRequestError(f"limit must be between 0 and {MOST_LINES}")
    if query.from_line is not None and query.from_us is not None:
        raise BadRequestError("from_line and from_us exclude one another")
    page = _read(events, _asked(task_id, query))
    lines = [
        schema.ConsoleLine(
            number=f.number,
            time_us=f.line.time_us,
            stream=f.stream,
            level=f.line.level,
            rank=f.rank,
            attempt=f.attempt,
            text=f.line.text,
            open=f.line.open,
            found=list(f.found),
        )
        for f in page.lines
    ]
    return schema.ConsolePage(total=page.total, offset=page.offset, lines=lines)


def text_lines(
    events: Reader, task_id: str, query: schema.ConsoleQuery, *, times: bool, colours: bool
) -> Iterator[bytes]:
    """Return all matching lines as UTF-8 text, some thousand lines a piece.

    ``times`` puts the time of each line before it (ISO 8601, UTC); ``colours`` keeps the colour codes.

    Raises:
        BadRequestError: the pattern is no regular expression; before the first piece.
    """
    read = replace(_asked(task_id, query), offset=0, limit=LINES_A_READ)
    page = _read(events, read)

    def pieces() -> Iterator[bytes]:
        # What is printed meanwhile is for the next download: one that never ends helps nobody.
        total, lines = page.total, page.lines
        begin = 0
        while lines:
            yield "".join(_text_line(f, times=times, colours=colours) for f in lines).encode()
            begin += len(lines)
            lines = []
            if begin < total:
                limit = min(LINES_A_READ, total - begin)
                lines = _read(events, replace(read, offset=begin, limit=limit)).lines

    return pieces()


def _asked(task_id: str, query: schema.ConsoleQuery) -> ConsoleRead:
    return ConsoleRead(
        task=task_id,
        offset=query.offset,
        limit=query.limit,
        from_number=query.from_line,
        from_us=query.from_us,
        pattern=query.pattern or None,
        ignore_case=query.ignore_case,
        streams=query.stream,
        minimum_level=query.minimum_level,
        ranks=query.rank,
        attempts=query.attempt,
    )


def _read(events: Reader, read: ConsoleRead) -> ConsolePage:
    try:
        return events.console(read)
    except ValueError as error:
        raise BadRequestError(str(error), pattern=read.pattern) from None


def _text_line(found: FoundLine, *, times: bool, colours: bool) -> str:
    text = found.line.text if colours else plain(found.line.text)
    if not times:
        return text + "\n"
    at = dt.datetime.fromtimestamp(found.line.time_us / 1e6, dt.UTC)
    return f"{at.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z {text}\n"
