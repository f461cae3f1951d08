"""A study as text: a table for each method, with the exact errors where they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stochcalc.laboratory.study import ConvergenceStudy


def write_study(study: ConvergenceStudy) -> str:
    """Return the tables of a study, one for each method.

    Parameters
    ----------
    study : ConvergenceStudy
    """
    lines = [f"{study.title} ({study.paths} paths, key {study.key})"]
    for name in study.error:
        known = name in study.exact
        order = f"{name}: order {study.order[name]}"
        header = f"  {'dt':>12} {study.quantity:>14} {'stderr':>10}"
        if name in study.exact_order:
            order += f"; exact slope at these steps {study.exact_order[name]:.4f}"
        if known:
            header += f" {'exact':>14} {'z':>6}"
        lines += [order, header]
        for i, estimate in enumerate(study.estimates(name)):
            row = f"  {study.dt[i]:12.6g} {estimate.value:14.6e} {estimate.stderr:10.2e}"
            if known:
                exact = study.exact[name][i]
                row += f" {exact:14.6e} {estimate.z(exact):+6.2f}"
            lines.append(row)
    return "\n".join(lines)
