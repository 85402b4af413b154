"""Texts of Matplotlib as plotly's: line ends, the few signs that are markup there, and simple formulas."""

from __future__ import annotations

import html
import re

from stripchart.sdk.figures.matplotlib.style import NotFaithful

_SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    "pm": "±", "times": "×", "cdot": "·", "leq": "≤", "geq": "≥", "le": "≤", "ge": "≥", "neq": "≠", "approx": "≈",
    "sim": "∼", "infty": "∞", "partial": "∂", "nabla": "∇", "sum": "∑", "rightarrow": "→", "to": "→", "circ": "°",
    "degree": "°", "ell": "ℓ", "ldots": "…", "log": "log", "ln": "ln", "exp": "exp", "sin": "sin", "cos": "cos",
    "max": "max", "min": "min", "%": "%", "#": "#", "_": "_", "$": "$", ",": " ", ";": " ", "quad": " ",
}  # fmt: skip
_FONTS = re.compile(r"\\(?:mathdefault|mathregular|mathrm|mathbf|mathit|text|rm)\s*\{([^{}]*)\}")
_SIGN = re.compile(r"\\([A-Za-z]+|[%#_$,;])\s?")
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]*)\}|(.))")


def to_plotly(text: str) -> str:
    """Return a text with its formulas as plotly writes them.

    Raises:
        NotFaithful: a formula is more than signs, subscripts and superscripts.
    """
    parts = re.split(r"(?<!\\)\$", text)
    if len(parts) % 2 == 0:  # a lone dollar sign is a dollar sign
        parts = [text]
    shown = [_formula(part) if i % 2 else _plain(part) for i, part in enumerate(parts)]
    return "".join(shown)


def _plain(text: str) -> str:
    return html.escape(text.replace("\\$", "$"), quote=False).replace("\n", "<br>")


def _formula(text: str) -> str:
    shown = html.escape(text, quote=False)
    while (simpler := _FONTS.sub(r"\1", shown)) != shown:
        shown = simpler
    shown = _SIGN.sub(lambda found: _SIGNS.get(found[1], found[0]), shown)
    shown = _SCRIPT.sub(_script, shown).replace("-", "−")
    if re.search(r"[\\{}]", shown):
        raise NotFaithful(f"the formula {text!r}")
    return shown


def _script(found: re.Match[str]) -> str:
    tag = "sup" if found[1] == "^" else "sub"
    return f"<{tag}>{found[2] if found[2] is not None else found[3]}</{tag}>"
