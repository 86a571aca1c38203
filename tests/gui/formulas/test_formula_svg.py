"""SVG of formulas: the same that ziamath makes by itself, only sooner."""

from __future__ import annotations

import json
import subprocess
import sys

from gui.formulas.formula_svg import formula_svg

FORMULAS = (
    "0.593270",
    "-",
    r"\leftarrow",
    r"3.5 \cdot 10^{-5}",
    "a_{h1}",
    "w_{11}^{2}",
    r"\frac{\partial E^{(1)}}{\partial w_{11}^{2}}",
    r"\frac{1}{1 + e^{-z_{h1}}}",
    r"\sum_{s} \delta_{o1} \, a_{h1}",
    r"\left(\frac{1}{2}\right)^{2}",
    r"\sqrt{\hat{y} + 10^{-8}}",
    r"\max(0, z)",
    r"\begin{bmatrix} 0.4 & \frac{1}{2} \\ 3 & w_{5} \end{bmatrix}",
)
# What ziamath does when nobody interferes.
PLAIN = """
import json, sys, warnings
warnings.simplefilter("ignore")
import ziamath
ziamath.config.svg2 = False
made = [ziamath.Latex(latex, size=14, color="#1f2933", margin=1.0).svg()
        for latex in json.load(sys.stdin)]
json.dump(made, sys.stdout)
"""


def test_formulas_come_out_as_ziamath_sets_them() -> None:
    plain = subprocess.run(
        [sys.executable, "-c", PLAIN],
        input=json.dumps(FORMULAS), capture_output=True, text=True, check=True,
    )  # fmt: skip
    made = [formula_svg(latex, 14, "#1f2933", 1.0) for latex in FORMULAS]
    assert made == json.loads(plain.stdout)


def test_a_bracket_grows_with_what_it_holds() -> None:
    low, high = (
        formula_svg(rf"\left({inner}\right)", 14, "#1f2933", 1.0)
        for inner in ("a", r"\frac{\frac{a}{b}}{\frac{c}{d}}")
    )
    assert low.count("<path") == 3
    bracket_low, bracket_high = low.split("<path")[1], high.split("<path")[1]
    assert _height(bracket_high) > 1.5 * _height(bracket_low)


def _height(path: str) -> float:
    """Pixels from the lowest to the highest corner of a path of M, L and Q commands."""
    numbers = [float(word) for word in path.split('"')[1].split() if word[-1].isdigit()]
    return max(numbers[1::2]) - min(numbers[1::2])
