"""A page that says one thing, without the app: what failed, or that somebody is signed out."""

from __future__ import annotations

import html

import flask


def page(code: int, words: str) -> flask.Response:
    """A page of one sentence, with the number that the log has and the way back."""
    title = "" if code < 400 else f"<h1>{code}</h1>"
    back = html.escape(flask.request.script_root)
    return flask.Response(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Value stream dashboard</title>'
        f'<main>{title}<p>{html.escape(words)}</p><p><a href="{back}/">To the pages</a></p>'
        f"<p><small>{flask.g.get('id', '')}</small></p></main></html>",
        status=code,
        mimetype="text/html",
    )
