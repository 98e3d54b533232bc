# Varnish 7 in front of the live process: many viewers of low-latency HLS, one request each part to the origin.
#
#   varnishd -f ops/varnish.vcl -a 127.0.0.1:6081 -s malloc,512m -p thread_pool_min=200 -p thread_pool_max=4000
#
# Every request is first sent to /live/auth with the viewer's own pass; only on 204 is the cache looked into. So a viewer
# without a pass gets nothing, and a revoked one nothing more, not even what is in the cache. Held requests (blocking
# reload, announced parts) are asked about again when they come back. TLS, HTTP/2 and WebSockets are nginx's work.

vcl 4.1;

import std;

backend live {
    .host = "127.0.0.1";
    .port = "8001";
    # A blocking reload is held for up to three target durations (12 s).
    .first_byte_timeout = 15s;
    .between_bytes_timeout = 15s;
}

sub vcl_recv {
    if (req.restarts == 0) {
        # Our own notes; what a client sends under these names is not ours.
        unset req.http.X-Original-URI;
        unset req.http.X-Step;
        unset req.http.X-Checked;
        unset req.http.X-Cors;
        set req.backend_hint = live;

        if (req.url !~ "^/live/" || req.url ~ "^/live/(control|auth)") {
            # The control door is for the web alone.
            return (synth(404));
        }
        if (req.http.Upgrade ~ "(?i)websocket") {
            return (pipe);
        }
        if (req.method != "GET" && req.method != "HEAD") {
            return (pass);
        }
        call name_what_is_shared;
        if (!req.http.X-Original-URI) {
            # State, health, playlists without a number, downloads: the origin checks the pass itself.
            return (pass);
        }
        set req.http.X-Step = "ask";
    }
    if (req.http.X-Step == "ask") {
        set req.url = "/live/auth";
        return (pass);
    }
    # Allowed. The pass goes along to the origin in case of a miss, but takes no part in the hash.
    set req.url = req.http.X-Original-URI;
    return (hash);
}

# One name for what is the same for all viewers: queries are cut down to what the origin reads, in one order.
sub name_what_is_shared {
    if (req.url ~ "^/live/v/[a-z0-9]+/[a-z0-9]+/(original|low|audio)/([0-9]+\.[0-9]+\.m4s|[0-9]+\.m4s|init-[0-9]+\.mp4)(\?|$)") {
        set req.http.X-Original-URI = regsub(req.url, "\?.*$", "");
    } elsif (req.url ~ "^/live/v/[a-z0-9]+/[a-z0-9]+/(original|low|audio)/live\.m3u8\?(.*&)?_HLS_msn=[0-9]{1,15}(&|$)") {
        set req.http.X-Original-URI = regsub(req.url, "\?.*$", "")
            + regsub(req.url, "^.*[?&](_HLS_msn=[0-9]+)(&.*)?$", "?\1");
        if (req.url ~ "[?&]_HLS_part=[0-9]{1,15}(&|$)") {
            set req.http.X-Original-URI = req.http.X-Original-URI
                + regsub(req.url, "^.*[?&](_HLS_part=[0-9]+)(&.*)?$", "&\1");
        }
        if (req.url ~ "[?&]_HLS_skip=(YES|v2)(&|$)") {
            set req.http.X-Original-URI = req.http.X-Original-URI + "&_HLS_skip=YES";
        }
    }
}

sub vcl_hash {
    hash_data(req.url);
    return (lookup);
}

sub vcl_pipe {
    set bereq.http.Upgrade = req.http.Upgrade;
    set bereq.http.Connection = req.http.Connection;
}

sub vcl_backend_response {
    set beresp.grace = 0s;
    set beresp.keep = 0s;
    if (bereq.uncacheable) {
        return (deliver);
    }
    # Which origin may read it is said to each viewer by /live/auth; the stored copy is for all.
    unset beresp.http.Vary;
    unset beresp.http.Access-Control-Allow-Origin;
    unset beresp.http.Access-Control-Allow-Credentials;
    unset beresp.http.Set-Cookie;
    if (beresp.status == 200 && beresp.http.Cache-Control ~ "public") {
        if (bereq.url ~ "\.m3u8") {
            set beresp.ttl = 5s;
        } else {
            set beresp.ttl = 10s;
        }
        return (deliver);
    }
    # A refusal is nobody else's: those who wait for the same thing ask for themselves, all at once.
    set beresp.ttl = 1s;
    set beresp.uncacheable = true;
    return (deliver);
}

sub vcl_deliver {
    if (req.http.X-Step == "ask") {
        if (resp.status == 204) {
            set req.http.X-Cors = resp.http.Access-Control-Allow-Origin;
            set req.http.X-Step = "go";
            return (restart);
        }
        if (resp.http.X-Status) {
            set resp.status = std.integer(resp.http.X-Status, 403);
            unset resp.http.X-Status;
        }
        return (deliver);
    }
    if (req.http.X-Step == "go") {
        if (resp.status == 200 && !req.http.X-Checked && now - req.time > 100ms) {
            # It was held: ask once more whether this viewer may have it now.
            set req.http.X-Checked = "yes";
            set req.http.X-Step = "ask";
            return (restart);
        }
        set resp.http.Vary = "Origin";
        if (req.http.X-Cors) {
            set resp.http.Access-Control-Allow-Origin = req.http.X-Cors;
            set resp.http.Access-Control-Allow-Credentials = "true";
        }
    }
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}
