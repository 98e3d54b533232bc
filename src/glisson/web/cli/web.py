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
        proxy_headers=here.proxies > 0,
        forwarded_allow_ips="*" if here.proxies else None,
        # Event streams stay open for hours; they must not keep a restart waiting.
        timeout_graceful_shutdown=3,
    )
