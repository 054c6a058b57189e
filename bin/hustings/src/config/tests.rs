//! What a configuration file may say, and what it is told when it may not.

use std::collections::BTreeMap;

use super::{Config, Raw, Tls};

fn resolve(text: &str, public: Option<&str>) -> Result<Config, String> {
    let table = Raw::parse(text, "hustings.toml").map_err(|e| e.to_string())?;
    let raw = Raw::from_table(table).map_err(|e| e.to_string())?;
    Config::resolve(raw, public).map_err(|e| e.to_string())
}

#[test]
fn an_empty_file_serves_on_loopback_with_ports_beside_each_other() {
    let config = resolve("", None).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.stage_udp.to_string(), "127.0.0.1:8081");
    assert_eq!(config.private_listen.to_string(), "127.0.0.1:8084");
}

#[test]
fn a_stage_has_thirteen_seats_or_as_many_as_are_asked_for() {
    assert_eq!(resolve("", None).unwrap().speakers, 13);
    assert_eq!(resolve("[stage]\nspeakers = 100\n", None).unwrap().speakers, 100);
    for wrong in ["0", "101", "-1", "\"many\""] {
        let error = resolve(&format!("[stage]\nspeakers = {wrong}\n"), None).unwrap_err();
        assert_eq!(error, "stage.speakers: a number of people from 1 to 100 is needed");
    }
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_the_nearest_name() {
    let error = resolve("listen = \"127.0.0.1:1\"\n[stage]\nupd = \"127.0.0.1:2\"\n", None).unwrap_err();
    assert_eq!(error, "hustings.toml, line 3: there is no key \"upd\" here; did you mean \"stage.udp\"?");
}

#[test]
fn a_bad_value_is_refused_with_its_key() {
    let error = resolve("[stage]\nudp = \"nonsense\"\n", None).unwrap_err();
    assert!(error.starts_with("stage.udp: \"nonsense\" is not an address and port"), "{error}");
    let error = resolve("listen = 5\n", None).unwrap_err();
    assert!(error.starts_with("hustings.toml, line 1:"), "{error}");
}

#[test]
fn the_number_of_edges_is_a_number_in_the_file_and_text_in_a_variable() {
    assert_eq!(resolve("", None).unwrap().edges, None);
    assert_eq!(resolve("[audience]\nedges = 0\n", None).unwrap().edges, Some(0));
    let variables = BTreeMap::from([("HUSTINGS_AUDIENCE_EDGES".to_owned(), "3".to_owned())]);
    let raw = Raw::from_table(Raw::overlay(toml::Table::new(), &variables).unwrap()).unwrap();
    assert_eq!(Config::resolve(raw, None).unwrap().edges, Some(3));
    for bad in ["-1", "1000", "\"many\""] {
        let error = resolve(&format!("[audience]\nedges = {bad}\n"), None).unwrap_err();
        assert!(error.starts_with("audience.edges: "), "{error}");
    }
}

#[test]
fn a_public_origin_needs_tls_or_somebody_who_ends_it() {
    let error = resolve("[public]\norigin = \"https://talk.example\"\n", None).unwrap_err();
    assert!(error.contains("a public origin needs TLS"), "{error}");
    let config =
        resolve("[public]\norigin = \"https://talk.example\"\ntls_terminated_by = \"the load balancer\"\n", None);
    assert_eq!(config.unwrap().tls, Tls::Off);
}

#[test]
fn a_public_name_brings_certificate_and_ports() {
    let config = resolve("", Some("talk.example")).unwrap();
    assert_eq!(config.listen.port(), 443);
    assert_eq!(config.stage_udp.port(), 8443);
    assert_eq!(config.origin.as_deref(), Some("https://talk.example"));
    assert!(matches!(config.tls, Tls::Acme { .. }));
    assert!(resolve("", Some("not a name")).is_err());
}

#[test]
fn variables_stand_over_the_file() {
    let table = Raw::parse("[stage]\nudp = \"127.0.0.1:1\"\n", "f").unwrap();
    let variables = BTreeMap::from([
        ("HUSTINGS_STAGE_UDP".to_owned(), "127.0.0.1:9".to_owned()),
        ("HUSTINGS_STAGE_ADVERTISE".to_owned(), "192.0.2.1, 2001:db8::1".to_owned()),
        ("HOME".to_owned(), "/nowhere".to_owned()),
    ]);
    let raw = Raw::from_table(Raw::overlay(table, &variables).unwrap()).unwrap();
    assert_eq!(raw.stage.udp.as_deref(), Some("127.0.0.1:9"));
    assert_eq!(raw.stage.advertise, ["192.0.2.1", "2001:db8::1"]);
    let typo = BTreeMap::from([("HUSTINGS_STAGE_UPD".to_owned(), "x".to_owned())]);
    let error = Raw::overlay(toml::Table::new(), &typo).unwrap_err().to_string();
    assert_eq!(error, "variable HUSTINGS_STAGE_UPD: there is no such key; did you mean HUSTINGS_STAGE_UDP?");
}

#[test]
fn webhooks_reach_the_public_alone_unless_it_is_said() {
    assert!(!resolve("", None).unwrap().webhooks_private);
    assert!(resolve("[webhooks]\nallow_private = true\n", None).unwrap().webhooks_private);
    assert!(resolve("[webhooks]\nallow_private = \"true\"\n", None).unwrap().webhooks_private);
    let error = resolve("[webhooks]\nallow_private = \"perhaps\"\n", None).unwrap_err();
    assert_eq!(error, "webhooks.allow_private: \"perhaps\" is neither true nor false");
}

#[test]
fn mail_needs_a_server_and_a_sender_and_repeats_no_password() {
    assert_eq!(resolve("", None).unwrap().mail, None);
    let from = "from = \"Talk <talk@example.org>\"\n";
    let mail = |rest: &str| resolve(&format!("[mail]\n{rest}"), None);
    let whole = mail(&format!("url = \"smtp://me:secret@mail.example:587?tls=required\"\n{from}language = \"de\"\n"));
    let whole = whole.unwrap().mail.unwrap();
    assert!(whole.german && !format!("{whole:?}").contains("secret"));
    for (text, key) in [
        (format!("url = \"http://me:secret@mail.example\"\n{from}"), "mail.url"),
        ("url = \"smtps://me:secret@mail.example\"\n".to_owned(), "mail.from"),
        (from.to_owned(), "mail.url"),
        (format!("url = \"smtps://mail.example\"\n{from}language = \"fr\"\n"), "mail.language"),
    ] {
        let error = mail(&text).unwrap_err();
        assert!(error.starts_with(key) && !error.contains("secret"), "{error}");
    }
}

#[test]
fn a_provider_needs_an_issuer_and_a_name_and_repeats_no_secret() {
    let whole = "id = \"acme-id\"\nissuer = \"https://id.acme.example\"\nclient_id = \"talk\"\n";
    let one = |rest: &str| resolve(&format!("[[signin.oidc]]\n{whole}{rest}"), None);
    let provider = one("domains = [\"acme.example\"]\ncreates = \"host\"\n").unwrap().providers.remove(0);
    assert_eq!((provider.name.as_str(), provider.trust_email, provider.client_secret), ("acme-id", false, None));
    for (text, key) in [
        (whole.replace("acme-id", "Acme Id"), "signin.oidc.id"),
        (whole.replace("https:", "http:"), "signin.oidc.issuer"),
        (whole.replace("client_id", "#"), "signin.oidc.client_id"),
        (format!("{whole}creates = \"operator\"\nclient_secret = \"xyz\"\n"), "signin.oidc.creates"),
        (format!("{whole}domains = [\"@acme.example\"]\n"), "signin.oidc.domains"),
        (format!("{whole}[[signin.oidc]]\n{whole}"), "signin.oidc"),
    ] {
        let error = resolve(&format!("[[signin.oidc]]\n{text}"), None).unwrap_err();
        assert!(error.starts_with(key) && !error.contains("xyz"), "{error}");
    }
    let error = one("client_secert = \"x\"\n").unwrap_err();
    assert!(error.contains("line 5") && error.contains("signin.oidc.client_secret"), "{error}");
    let table = Raw::parse(&format!("[[signin.oidc]]\n{whole}"), "f").unwrap();
    let secret = |name: &str| {
        let variables = BTreeMap::from([(format!("HUSTINGS_OIDC_SECRET_{name}"), "s3".to_owned())]);
        Raw::overlay(table.clone(), &variables)
    };
    let raw = Raw::from_table(secret("ACME_ID").unwrap()).unwrap();
    assert_eq!(Config::resolve(raw, None).unwrap().providers[0].client_secret.as_deref(), Some("s3"));
    assert!(secret("OTHER").is_err());
}
