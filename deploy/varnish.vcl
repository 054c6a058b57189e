# Hustings behind Varnish 7: the HLS tier for any number of players from one copy of each part.
#
#   varnishd -a :80 -f /etc/varnish/varnish.vcl -s malloc,256m
#
# What it relies on: every address of the HLS tier is the same for everybody, and the server says in Cache-Control how long
# each answer is true. Varnish sends one request for what many ask at once, also for a playlist that the server holds back
# until its part is there. It names itself in Via, so that the server does not take it for a listener; pages behind it then
# report themselves at /c/{slug}/here. Streams and events end only with the conversation: they are passed through, not kept.
vcl 4.1;

import std;

backend hustings {
    # The audience's listener (`audience.listen`).
    .host = "127.0.0.1";
    .port = "8083";
    .connect_timeout = 2s;
    # A blocking reload is held for at most six seconds.
    .first_byte_timeout = 15s;
    .between_bytes_timeout = 15s;
    .probe = {
        # Any answer of the listener will do: a conversation that nobody made is 404.
        .url = "/c/-/audience";
        .expected_response = 404;
        .interval = 2s;
        .timeout = 1s;
        .window = 4;
        .threshold = 2;
        .initial = 2;
    }
}

sub vcl_recv {
    # The server is not told what it does not need: it knows no cookies and one host.
    unset req.http.Cookie;
    unset req.http.Authorization;
    set req.http.Host = "audience";

    if (req.url ~ "^/c/[^/?]+/(live\.(mp4|ogg|aac)|events)(\?|$)") {
        # One answer without an end for each listener: bytes go through as they come.
        return (pipe);
    }
    if (req.method == "OPTIONS" && req.url ~ "^/c/[^/?]+/(hls/|here)") {
        # Players of other sites that name their session are asked for by browsers first, for each part anew.
        return (synth(204));
    }
    if (req.method != "GET" && req.method != "HEAD") {
        # Reports of pages, and what else is not a question.
        return (pass);
    }
    if (req.url ~ "^/c/[^/?]+/hls/") {
        # Directives in one order, and nothing else: one copy for whatever players and trackers add.
        set req.url = std.querysort(req.url);
        if (req.url !~ "\?(_HLS_[a-z]+=[0-9A-Za-z]+&?)+$") {
            set req.url = regsub(req.url, "\?.*$", "");
        }
    }
    # An answer that is no longer true is given only when there is none that is.
    if (std.healthy(req.backend_hint)) {
        set req.grace = 0s;
    } else {
        set req.grace = 6s;
    }
    return (hash);
}

sub vcl_hash {
    hash_data(req.url);
    return (lookup);
}

sub vcl_synth {
    if (resp.status == 204) {
        set resp.http.Access-Control-Allow-Origin = "*";
        set resp.http.Access-Control-Allow-Methods = "GET, HEAD, POST";
        set resp.http.Access-Control-Allow-Headers = "*";
        set resp.http.Access-Control-Max-Age = "7200";
        return (deliver);
    }
}

sub vcl_pipe {
    set bereq.http.Connection = "close";
}

sub vcl_backend_fetch {
    # Said by RFC 9110, section 7.6.3; this version of Varnish does not say it by itself.
    set bereq.http.Via = "1.1 varnish";
    # Whoever asked first is not the listener.
    unset bereq.http.X-Playback-Session-Id;
    unset bereq.http.CMCD-Session;
    # Players without compression get it undone here.
    set bereq.http.Accept-Encoding = "gzip";
}

sub vcl_backend_response {
    # For the copies of last resort above.
    set beresp.grace = 6s;
    set beresp.keep = 0s;
    if (beresp.status >= 500 || beresp.status == 409) {
        # Without this an answer that must not be kept would have everybody ask for themselves for two minutes
        # (hit-for-miss). A second is what the server says, too.
        set beresp.ttl = 1s;
        set beresp.grace = 0s;
        return (deliver);
    }
    if (beresp.http.Cache-Control ~ "no-store") {
        set beresp.ttl = 0s;
        set beresp.uncacheable = true;
        return (deliver);
    }
}

sub vcl_backend_error {
    # The server is away: said once a second, not once a player.
    set beresp.ttl = 1s;
    set beresp.grace = 0s;
    set beresp.http.Retry-After = "1";
    set beresp.http.Access-Control-Allow-Origin = "*";
    set beresp.http.Cache-Control = "public, max-age=1";
    synthetic("");
    return (deliver);
}
