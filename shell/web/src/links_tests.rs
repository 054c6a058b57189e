//! Origins and hosts: what is taken from a stranger, and what is not.

use http::Request;

use super::*;

fn parts(host: &str) -> Parts {
    Request::builder().uri("/").header("host", host).body(()).unwrap().into_parts().0
}

fn config(public: Address) -> LinkConfig {
    LinkConfig {
        scheme: Scheme::Http,
        public,
        stage: Address::Port(8081),
        audience: Address::Port(8083),
        aac: true,
        tickets: false,
    }
}

fn shown(config: &LinkConfig, parts: &Parts) -> [String; 3] {
    let o = config.origins(parts).unwrap();
    [o.public.to_string(), o.stage.to_string(), o.audience.to_string()]
}

#[test]
fn without_an_origin_the_host_of_the_request_is_used_with_the_ports_of_the_listeners() {
    let config = config(Address::Port(8080));
    let here = ["http://box.local:8080", "http://box.local:8081", "http://box.local:8083"];
    assert_eq!(shown(&config, &parts("Box.local:8080")), here);
    assert_eq!(shown(&config, &parts("[::1]:8080"))[1], "http://[::1]:8081");
    assert_eq!(shown(&config, &parts("192.0.2.1"))[0], "http://192.0.2.1");
}

#[test]
fn a_listener_at_the_public_port_is_at_the_public_address() {
    let config = LinkConfig { audience: Address::Port(8080), ..config(Address::Port(8080)) };
    assert_eq!(shown(&config, &parts("mapped.example:9000"))[2], "http://mapped.example:9000");
}

#[test]
fn a_known_origin_is_not_changed_by_the_request() {
    let config = LinkConfig {
        scheme: Scheme::Https,
        audience: Address::Known("https://ears.example".parse().unwrap()),
        ..config(Address::Known("https://talk.example".parse().unwrap()))
    };
    let known = ["https://talk.example", "https://talk.example:8081", "https://ears.example"];
    assert_eq!(shown(&config, &parts("evil.example")), known);
    assert_eq!(shown(&config, &parts("\"><script>")), known);
}

#[test]
fn the_control_socket_has_no_port_of_its_own() {
    let mut asked = parts("localhost");
    let (peer, _guard) = Peer::new(([127, 0, 0, 1], 0).into(), true);
    asked.extensions.insert(peer);
    assert_eq!(shown(&config(Address::Port(8080)), &asked)[0], "http://localhost:8080");
}

#[test]
fn a_host_that_is_none_is_refused() {
    let config = config(Address::Port(8080));
    for bad in [
        "",
        "a b",
        "a\"b",
        "<script>",
        "a/b",
        "user@host",
        "host:",
        "host:0",
        "host:99999",
        "host:+80",
        "[::1",
        "[::1]x",
        "[::1%25eth0]",
        "a..b",
        ".",
        "-:x",
        "é",
    ] {
        let request = Request::builder().uri("/").header("host", bad.as_bytes()).body(()).unwrap();
        assert!(config.origins(&request.into_parts().0).is_err(), "{bad:?}");
    }
    let two = Request::builder().uri("/").header("host", "a").header("host", "b").body(()).unwrap().into_parts().0;
    assert!(config.origins(&two).is_err());
    let none = Request::builder().uri("/").body(()).unwrap().into_parts().0;
    assert!(config.origins(&none).is_err());
}

#[test]
fn an_origin_is_a_scheme_a_host_and_a_port() {
    for (text, shown) in [
        ("https://talk.example", "https://talk.example"),
        ("https://Talk.Example:443/", "https://talk.example"),
        ("http://[2001:db8::1]:80", "http://[2001:db8::1]"),
        ("http://10.0.0.1:8080", "http://10.0.0.1:8080"),
    ] {
        assert_eq!(text.parse::<Origin>().unwrap().to_string(), shown);
    }
    for bad in ["", "talk.example", "ftp://a", "https://", "https://a/b", "https://a?b", "https://u@a", "https://a:b"] {
        let text = bad.parse::<Origin>().unwrap_err().to_string();
        assert!(text.contains("https://talk.example"), "{text}");
    }
}
