"""Rows as text."""

VERDICTS = {True: "met", False: "MISSED", None: "open"}


def number(value):
    return "-" if value is None else f"{value:.4g}"


def ratio(figure, other):
    """`figure` over `other`, or None where there is no such number."""
    return figure / other if figure is not None and other else None


def as_text(row):
    """A row, and below it each peer with weir's share of it."""
    compared = row["met"] is None and not row["missing"]
    verdict = "" if compared else VERDICTS[row["met"]]
    said = row["bar"]
    if row["missing"] and not said.startswith("not measured"):
        said += f"; not measured: {', '.join(row['missing'])}"
    lines = [f"{row['name']:<28}{number(row['weir']):>9} {row['unit']:<9}{verdict:<8}{said}".rstrip()]
    for peer, value in row["peers"].items():
        share = ratio(row["weir"], value)
        lines.append(f"  {peer:<26}{number(value):>9} {row['unit']:<9}{f'weir is {share:.3g} x' if share else ''}".rstrip())
    return "\n".join(lines)


def compared_as_text(row):
    """A row of a comparison: each figure of this tree, of the other revision, and their ratio."""
    lines = [f"{row['name']} ({row['unit']})" if row["unit"] else row["name"]]
    for name, figure in row["figures"].items():
        share = "" if figure["ratio"] is None else f"{figure['ratio']:.3g} x"
        lines.append(f"  {name:<30}{number(figure['this']):>10}{number(figure['other']):>10}  {share}".rstrip())
    if row["missing"]:
        lines.append(f"  not measured: {'; '.join(row['missing'])}")
    return "\n".join(lines)
