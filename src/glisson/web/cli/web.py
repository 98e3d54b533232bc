"""``glisson web``: the pages."""

from __future__ import annotations

import click

from glisson.core.config import config


@click.command()
def command() -> None:
    import uvicorn

    here = config()
    uvicorn.run(
        "glisson.web.asgi:application",
        host=here.host,
        port=here.web_port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=False,  # glisson.web.middleware.BehindProxies believes as many proxies as there are
        # Event streams stay open for hours; they must not keep a restart waiting.
        timeout_graceful_shutdown=3,
    )
