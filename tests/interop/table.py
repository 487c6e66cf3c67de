"""docs/interop.md, from outcomes."""
import datetime

HEAD = """# Interoperation

Written by `tests/interop/run --write docs/interop.md`: each cell is one run of both programs on this day, with the keys of the shared
test vectors. {date}, Culvert {commit}, {system}.

{versions}

*reads*: Culvert wrote, the other program read. *writes*: the other program wrote, Culvert read. **yes**: the content arrived octet for
octet, in the form of that row (what others wrote was looked at with `culvert smime inspect`); a detached signature was also refused over
an altered content. **no [n]**: the other program's limit, see below. **FAILURE**: anything else. –: Culvert does not write this form, or
the program is not installed. Forms that none of these versions know are judged by the test vectors, which newer versions made.
"""


def cell(outcome, numbers):
    if outcome.kind == "limit":
        return f"no [{numbers[reason(outcome.limit)]}]: {plain(outcome.message.split(';')[0], 50)}"
    return {"yes": "yes", "absent": "–", "none": "–"}.get(outcome.kind) or f"**FAILURE**: {plain(outcome.message, 200)}"


def plain(text, limit):
    """As one cell of a table."""
    text = text.replace("|", "/").replace("<", "‹").replace(">", "›")
    return text if len(text) <= limit else text[:limit - 1] + "…"


def reason(limit):
    return limit.reason + (f" ({limit.reference})" if limit.reference else "")


def numbered(rows):
    """{reason: number}, in the order in which the table meets them."""
    numbers = {}
    for _, outcomes in rows:
        for outcome in outcomes:
            if outcome.limit:
                numbers.setdefault(reason(outcome.limit), len(numbers) + 1)
    return numbers


def counts(rows):
    kinds = [outcome.kind for _, outcomes in rows for outcome in outcomes]
    return f"{kinds.count('yes')} yes, {kinds.count('limit')} limits of others, {kinds.count('failure')} failures"


def document(rows, columns, versions, facts):
    """`rows`: [(form, outcomes)], an outcome for each of `columns`, which are pairs (title, direction)."""
    numbers = numbered(rows)
    lines = [HEAD.format(date=datetime.date.today().isoformat(), versions="\n".join(f"- {line}" for line in versions), **facts)]
    lines.append("| form | " + " | ".join(f"{title} {direction}" for title, direction in columns) + " |")
    lines.append("|---" * (len(columns) + 1) + "|")
    for form, outcomes in rows:
        lines.append(f"| {form.title} | " + " | ".join(cell(o, numbers) for o in outcomes) + " |")
    lines.append(f"\n{counts(rows)}.\n\n## Limits of the others\n")
    return "\n".join(lines + [f"{number}. {text}." for text, number in numbers.items()]) + "\n"
