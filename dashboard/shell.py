"""The shell around the pages: the document with its inline scripts, and the bar with the pages' names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import access, oidc
from dashboard.components import drawer
from dashboard.settings import Settings

THEME, THEME_BUTTON = "theme", "theme-button"
ASSETS = Path(__file__).parent / "assets"

# Before anything is drawn, so that a dark page never flashes white.
HEAD_SCRIPT = (
    "(function(){var t;try{t=localStorage.getItem('vsm-theme')}catch(e){}"
    "t=t||(matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light');"
    "document.documentElement.dataset.bsTheme=t;})()"
)
# Dash names its own plotly.js late; this keeps ours.
PLOTLY_SCRIPT = (
    "(function(u){{Object.defineProperty(window,'_dashPlotlyJSURL',"
    "{{get:function(){{return u}},set:function(){{}}}})}})('{}')"
)


def frame(settings: Settings) -> Component:
    """The bar, and the place of the page; what was clicked opens beside it."""
    links = [
        dbc.NavLink(page["name"], href=page["relative_path"], active="exact", id={"type": "nav", "path": page["path"]})
        for page in dash.page_registry.values()
        if page["module"].startswith("dashboard.") and page["in_menu"]
    ]
    look = "btn btn-sm btn-outline-secondary"
    theme_button = html.Button("Dark", id=THEME_BUTTON, type="button", className=f"{look} ms-auto ms-sm-0")
    where = "print-page ms-auto me-2 d-none d-sm-inline-block"
    print_button = html.Button("Print or PDF", type="button", className=f"{look} {where}")
    sign_out = html.Form(
        html.Button("Sign out", type="submit", className=f"{look} ms-2"),
        action=access.under_prefix(oidc.OUT),
        method="post",
    )
    return html.Div(
        [
            dcc.Store(id=THEME),
            dbc.Navbar(
                dbc.Container(
                    [
                        html.Span("Value stream", className="navbar-brand"),
                        dbc.Nav(links, navbar=True),
                        print_button,
                        theme_button,
                        sign_out if settings.oidc_issuer else None,
                    ],
                    fluid=True,
                ),
                dark=False,
                color=None,
                class_name="bg-body-tertiary border-bottom",
            ),
            dbc.Container(dash.page_container, fluid=True, class_name="py-3"),
            drawer.drawer(),
        ]
    )


def vendored(prefix: str, name: str, package: str) -> str:
    """The address of a file that the front-end build made, with its version so that browsers may keep it for ever."""
    return f"{prefix}assets/vendor/{name}?m={_versions().get(package, '0')}"


def _versions() -> Mapping[str, Any]:
    path = ASSETS / "vendor" / "versions.json"
    versions: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return versions


def _plotly_address(prefix: str) -> str | None:
    """Our bundle of plotly.js, where it was built; without it the app runs with the full one of its wheel."""
    return vendored(prefix, "plotly.min.js", "plotly") if _versions() else None


def inline_scripts(prefix: str) -> list[str]:
    """The scripts of ours that stand in the document: a policy names them by their digests."""
    address = _plotly_address(prefix)
    return [HEAD_SCRIPT, *([PLOTLY_SCRIPT.format(address)] if address else [])]


def index(prefix: str) -> str:
    """The document, as Dash fills it in."""
    inline = "".join(f"<script>{script}</script>" for script in inline_scripts(prefix))
    preload = _plotly_address(prefix)
    early = f'<link rel="preload" as="script" href="{preload}">' if preload else ""
    return (
        '<!DOCTYPE html><html lang="en"><head>{%metas%}<title>{%title%}</title>{%favicon%}'
        '<meta name="color-scheme" content="light dark">' + inline + early + "{%css%}</head>"
        '<body><a class="visually-hidden-focusable" href="#main">Skip to content</a>'
        "{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body></html>"
    )
