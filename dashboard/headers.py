"""What goes out with every answer, also with one to what is no request."""

from __future__ import annotations

from collections.abc import Mapping

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
# Of an answer without a page, nothing may be loaded or carried out.
NO_CONTENT: Mapping[str, str] = {"Content-Security-Policy": "default-src 'none'"}
STRICT_TRANSPORT = "max-age=31536000"
