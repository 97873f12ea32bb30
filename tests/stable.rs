//! `--seed`, `--now`, `--lookup` and `--adopt`: renders that repeat, and secrets that stay.

use std::collections::BTreeMap;

use serde_yaml::Value;

use crate::common::{Folder, Ran, Resources, from_base64, render, resources};

const SECRET: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: shop
data:
  admin-password: {{ randAlphaNum 16 | b64enc | quote }}
  {{- $user := randAlphaNum 16 }}
  user-password: {{ $user | b64enc }}
  url: {{ printf "postgres://shop:%s@%s/shop" $user .Values.host | b64enc }}
  cookie: {{ include "shop.cookie" . | b64enc }}
  htpasswd: {{ htpasswd "admin" $user | b64enc }}
  id: {{ uuidv4 | b64enc }}
  key: {{ genPrivateKey "ecdsa" | b64enc }}
  aes: {{ encryptAES "secret" "plain" | b64enc }}
"#;

const TLS: &str = r#"{{- $ca := genCA "shop-ca" 365 }}
{{- $cert := genSignedCert .Values.host nil (list .Values.host) (int .Values.days) $ca }}
apiVersion: v1
kind: Secret
metadata:
  name: tls
type: kubernetes.io/tls
stringData:
  tls.crt: |
    {{- $cert.Cert | nindent 4 }}
  tls.key: |
    {{- $cert.Key | nindent 4 }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: shop
webhooks:
  - name: hook.example.com
    clientConfig:
      caBundle: {{ $ca.Cert | b64enc }}
"#;

const APP: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  annotations:
    checksum: {{ include (print $.Template.BasePath "/secret.yaml") . | sha256sum }}
    roll: {{ randAlphaNum 6 | lower | quote }}
    day: {{ now | date "2006-01-02T15:04:05" | quote }}
data:
  app.ini: |
    [web]
    host = {{ .Values.host }}
    session_key = {{ randAlphaNum 20 }}
    port = 8080
"#;

const HELPERS: &str = r#"{{- define "shop.cookie" }}{{ randAlphaNum 16 | upper }}{{ end }}"#;

const JINJA: &str = r#"apiVersion: v1
kind: Secret
metadata:
  name: jinja
stringData:
  password: {{ randAlphaNum(16) | quote }}
  other: {{ randAlphaNum(16) | quote }}
  url: {{ ("https://shop:" ~ randAlphaNum(12) ~ "@" ~ Values.host) | quote }}
"#;

fn chart() -> Folder {
    Folder::new(&[
        ("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("shop/values.yaml", "host: shop.example.com\ndays: 30\n"),
        ("shop/templates/_helpers.tpl", HELPERS),
        ("shop/templates/secret.yaml", SECRET),
        ("shop/templates/app.yaml", APP),
        ("shop/templates/jinja.yaml.j2", JINJA),
    ])
}

/// The chart with certificates, whose RSA keys take a while.
fn chart_with_certificates() -> Folder {
    let folder = chart();
    folder.write("shop/templates/tls.yaml", TLS);
    folder
}

/// Every text of a render, by the object and the field; the data of Secrets decoded.
#[track_caller]
fn fields(text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, object) in &resources(text) {
        let data = object["data"].as_mapping().into_iter().flatten();
        for (key, value) in data {
            let text = value.as_str().unwrap_or_default();
            let secret = name.starts_with("Secret");
            let text = if secret { String::from_utf8(from_base64(text)).unwrap() } else { text.to_owned() };
            all.insert(format!("{name} {}", key.as_str().unwrap()), text);
        }
        for field in ["stringData", "metadata"] {
            let map = if field == "metadata" { &object[field]["annotations"] } else { &object[field] };
            for (key, value) in map.as_mapping().into_iter().flatten() {
                all.insert(format!("{name} {}", key.as_str().unwrap()), value.as_str().unwrap_or_default().to_owned());
            }
        }
        if let Value::String(bundle) = &object["webhooks"][0]["clientConfig"]["caBundle"] {
            all.insert(format!("{name} caBundle"), String::from_utf8(from_base64(bundle)).unwrap());
        }
    }
    all
}

/// The fields that are not the same.
fn changed(one: &str, other: &str) -> Vec<String> {
    let (one, other) = (fields(one), fields(other));
    one.into_iter().filter(|(name, text)| other.get(name) != Some(text)).map(|(name, _)| name).collect()
}

#[test]
fn a_seed_prints_the_same_bytes() {
    let folder = chart_with_certificates();
    let run = |args: &[&str]| folder.render(&[&["r", "shop", "--now", "2026-05-01"], args].concat()).ok();
    let seeded = run(&["--seed", "s"]);
    assert_eq!(run(&["--seed", "s"]), seeded);
    folder.write("seed", "s\n");
    assert_eq!(run(&["--seed-file", "seed"]), seeded);
    // All of it is random.
    let all: Vec<String> = fields(&seeded).into_keys().filter(|name| !name.ends_with(" day")).collect();
    assert_eq!(changed(&seeded, &run(&["--seed", "t"])), all);
    let elsewhere = run(&["--seed", "s", "-n", "elsewhere"]);
    assert_eq!(changed(&seeded, &elsewhere), all);
    let values = fields(&seeded);
    let distinct: std::collections::BTreeSet<_> = values.values().collect();
    assert_eq!(distinct.len(), values.len(), "{values:#?}");
}

#[test]
fn a_seed_has_a_clock_of_its_own() {
    let folder = chart();
    let day = |args: &[&str]| {
        let text = folder.render(&[&["shop", "--seed", "s", "-s", "templates/app.yaml"], args].concat()).ok();
        fields(&text)["ConfigMap/app day"].clone()
    };
    assert!(day(&[]).starts_with("2025-"), "{}", day(&[]));
    assert_eq!(day(&["--now", "2026-05-01T12:30:00+02:00"]), "2026-05-01T10:30:00");
    let ran = folder.render(&["shop", "--now", "yesterday"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`yesterday` is not a time"), "{}", ran.stderr);
}

#[test]
fn certificates_that_have_ended_are_told() {
    let ran = chart_with_certificates().render(&["shop", "--seed", "s", "--now", "2001-02-03"]);
    assert!(ran.stderr.contains("shop/templates/tls.yaml: a certificate has expired already"), "{}", ran.stderr);
    assert!(ran.stderr.contains("2001-02-03") && ran.stderr.contains("--now"), "{}", ran.stderr);
}

#[test]
fn an_edit_elsewhere_keeps_all_other_secrets() {
    let folder = chart();
    let run = || folder.render(&["shop", "--seed", "s", "--now", "2026-05-01"]).ok();
    let before = run();
    let checksum = ["ConfigMap/app checksum"];
    // Lines above, an equal call above, another template that runs first, a helper written anew.
    folder.write("shop/templates/secret.yaml", &format!("{{{{- /* more */}}}}\n\n\n{SECRET}"));
    assert_eq!(changed(&before, &run()), checksum);
    let more = "data:\n  new: {{ randAlphaNum 16 | b64enc }}\n  newer: {{ uuidv4 | b64enc }}";
    folder.write("shop/templates/secret.yaml", &SECRET.replace("data:", more));
    assert_eq!(changed(&before, &run()), checksum);
    folder.write("shop/templates/zz/first.yaml", "# {{ randAlphaNum 16 }}{{ include \"shop.cookie\" . }}\n");
    folder.write("shop/templates/_helpers.tpl", &HELPERS.replace("{{ rand", "{{- $_ := 1 }}\n{{- rand"));
    folder.write("shop/values.yaml", "host: shop.example.com\ndays: 30\nmore: 1\n");
    assert_eq!(changed(&before, &run()), checksum);
}

#[test]
fn a_checksum_is_that_of_the_secret() {
    let folder = chart();
    folder.write("shop/templates/secret.yaml", "kind: Secret\nmetadata: {name: a}\ndata: {a: {{ randAlphaNum 9 }}}");
    let again = "kind: ConfigMap\nmetadata: {name: b}\ndata:\n  text: {{ include (print $.Template.BasePath \"/secret.yaml\") . | toJson }}\n";
    folder.write("shop/templates/app.yaml", again);
    let all = resources(&folder.render(&["shop", "--seed", "s", "--now", "2026-05-01"]).ok());
    let value = all["Secret/a"]["data"]["a"].as_str().unwrap();
    assert!(all["ConfigMap/b"]["data"]["text"].as_str().unwrap().contains(value));
}

#[test]
fn adopted_values_stay() {
    let folder = chart_with_certificates();
    let plain = folder.render(&["r", "shop"]).ok();
    folder.write("old.yaml", &plain);
    let run = |args: &[&str]| folder.render(&[&["r", "shop", "--adopt", "old.yaml"], args].concat());
    // A plain render draws again for the sake of a checksum, as Helm does.
    let first = run(&[]);
    assert_eq!((changed(&plain, &first.stdout), first.stderr.as_str()), (vec!["ConfigMap/app checksum".into()], ""));
    let old = first.stdout;
    folder.write("old.yaml", &old);
    assert_eq!(run(&[]).ok(), old);
    // The text around a value may change, and what is not random does.
    let moved = run(&["--set", "host=new.example.com"]).ok();
    let expected = [
        "ConfigMap/app app.ini",
        "ConfigMap/app checksum",
        "Secret/jinja url",
        "Secret/shop url",
        "Secret/tls tls.crt",
        "Secret/tls tls.key",
        "ValidatingWebhookConfiguration/shop caBundle",
    ];
    assert_eq!(changed(&old, &moved), expected);
    let (before, after) = (fields(&old), fields(&moved));
    let hosted = |name: &str| before[name].replace("shop.example.com", "new.example.com");
    for name in ["ConfigMap/app app.ini", "Secret/jinja url", "Secret/shop url"] {
        assert_eq!(after[name], hosted(name));
    }
}

#[test]
fn a_new_secret_is_the_only_new_one() {
    let folder = chart();
    let old = folder.render(&["shop"]).ok();
    let more = "data:\n  new: {{ randAlphaNum 16 | b64enc }}\n  newer: {{ uuidv4 | b64enc }}";
    folder.write("shop/templates/secret.yaml", &SECRET.replace("data:", more));
    let jinja = JINJA.replace("stringData:", "stringData:\n  new: {{ randAlphaNum(16) }}");
    folder.write("shop/templates/jinja.yaml.j2", &jinja);
    let new = folder.render_with_input(&["shop", "--adopt", "-"], &old);
    assert_eq!(new.stderr, "");
    assert_eq!(changed(&old, &new.stdout), ["ConfigMap/app checksum"]);
    assert_ne!(fields(&new.stdout)["Secret/jinja new"], fields(&old)["Secret/jinja password"]);
}

#[test]
fn certificates_are_made_anew_with_their_authority() {
    let folder = chart_with_certificates();
    let old = folder.render(&["shop", "--now", "2026-05-01"]).ok();
    folder.write("old.yaml", &old);
    let tls = ["Secret/tls tls.crt", "Secret/tls tls.key", "ValidatingWebhookConfiguration/shop caBundle"];
    let run = |args: &[&str]| folder.render(&[&["shop", "--adopt", "old.yaml"], args].concat());
    let of_tls = |ran: &Ran| {
        let changed = changed(&old, &ran.stdout);
        changed.into_iter().filter(|name| tls.contains(&name.as_str())).collect::<Vec<_>>()
    };
    let within = run(&["--now", "2026-05-30"]);
    assert_eq!(of_tls(&within), [""; 0]);
    for args in [&["--now", "2026-06-02"][..], &["--now", "2026-05-02", "--set", "days=31"]] {
        let ran = run(args);
        assert_eq!(of_tls(&ran), tls);
        assert!(ran.stderr.contains("Secret default/tls data.tls.crt is made anew"), "{}", ran.stderr);
    }
}

#[test]
fn a_cluster_s_own_output_is_adopted() {
    let folder = chart_with_certificates();
    let old = resources(&folder.render(&["shop", "--seed", "s", "--now", "2026-05-01"]).ok());
    let live: Vec<Value> = old
        .values()
        .map(|object| {
            let mut object = object.clone();
            object["metadata"]["namespace"] = "default".into();
            object["metadata"]["uid"] = "0d1f".into();
            if let Some(texts) = object.as_mapping_mut().unwrap().remove("stringData") {
                for (key, text) in texts.as_mapping().unwrap() {
                    object["data"][key.as_str().unwrap()] = encoded(text.as_str().unwrap()).into();
                }
            }
            object
        })
        .collect();
    let list = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": live});
    folder.write("live.json", &list.to_string());
    let ran = folder.render(&["shop", "--adopt", "live.json", "--now", "2026-05-02"]);
    let day = |all: &Resources| all["ConfigMap/app"]["metadata"]["annotations"]["day"].clone();
    let new = resources(&ran.stdout);
    assert!(!ran.stderr.contains("anew"), "{}", ran.stderr);
    assert_eq!(day(&new), day(&old));
    assert_eq!(new, old);
}

fn encoded(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn passwords_that_somebody_chose_stay_whatever_they_look_like() {
    let folder = chart();
    let old = "kind: Secret\napiVersion: v1\nmetadata: {name: shop}\nstringData: {admin-password: 'a b:c'}\n";
    folder.write("old.yaml", old);
    let new = fields(&folder.render(&["shop", "--adopt", "old.yaml"]).ok());
    assert_eq!(new["Secret/shop admin-password"], "a b:c");
}

#[test]
fn values_in_dispute_are_not_adopted() {
    let folder = chart();
    let old = folder.render(&["shop"]).ok();
    let password = fields(&old)["Secret/shop user-password"].clone();
    let mixed = old.replace(&encoded(&password), &encoded("another-password"));
    folder.write("old.yaml", &mixed);
    let ran = folder.render(&["shop", "--adopt", "old.yaml"]);
    assert!(ran.stderr.contains("the two were different"), "{}", ran.stderr);
    let new = fields(&ran.stdout)["Secret/shop user-password"].clone();
    assert!(new != password && new != "another-password");
}

#[test]
fn digests_are_no_secrets() {
    let folder = chart();
    folder.write("old.yaml", "kind: Secret\nmetadata: {name: shop}\ndata:\n  a: <secret 0123456789ab>\n");
    for flag in ["--adopt", "--lookup"] {
        let ran = folder.render(&["shop", flag, "old.yaml"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
        assert!(ran.stderr.contains("the secrets in old.yaml are replaced by digests"), "{}", ran.stderr);
        assert!(ran.stderr.contains("old.yaml:4:3"), "{}", ran.stderr);
    }
}

#[test]
fn wrong_input_is_told() {
    let folder = chart();
    folder.write("values.yaml", "a: 1\n");
    folder.write("broken.yaml", "kind: Secret\na: [\n");
    folder.write("empty", "\n");
    for (args, code, said) in [
        (&["--adopt", "none.yaml"][..], 1, "none.yaml cannot be read: there is no such file"),
        (&["--adopt", "values.yaml"], 1, "there are no manifests in values.yaml"),
        (&["--lookup", "broken.yaml"], 1, "broken.yaml:"),
        (&["--seed", ""], 2, "the seed is empty"),
        (&["--seed-file", "empty"], 2, "the seed is empty"),
        (&["--seed", "a", "--seed-file", "empty"], 2, "cannot be used with"),
        (&["--adopt", "-", "--lookup", "-"], 2, "stdin is given twice"),
    ] {
        let ran = folder.render(&[&["shop"], args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn lookup_answers_from_files() {
    let go = r#"{{- $found := lookup "v1" "Secret" .Release.Namespace "db" }}
kind: A
found: {{ $found.data.password | default "none" }}
replicas: {{ (lookup "apps/v1" "Deployment" "x" "web").spec.replicas | kindOf }}
all: {{ range (lookup "v1" "Secret" "" "").items }}{{ .metadata.namespace }}/{{ .metadata.name }} {{ end }}
none: {{ lookup "v1" "Secret" "y" "db" | toJson }}
list: {{ (lookup "v1" "ConfigMap" "y" "").items | toJson }}
"#;
    let jinja = r#"{% set found = lookup("v1", "Secret", Release.Namespace, "db") %}
kind: B
found: {{ found.data.password }}
all: {% for item in lookup("v1", "Secret", "", "")["items"] %}{{ item.metadata.name }} {% endfor %}

none: {{ lookup("v1", "Secret", "y", "db") }}
"#;
    let folder = Folder::new(&[
        ("shop/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("shop/templates/a.yaml", go),
        ("shop/templates/b.yaml.j2", jinja),
        ("one.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: p}\n"),
        (
            "two.yaml",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web, namespace: x}\n  spec: {replicas: 2}\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: other, namespace: z}\n",
        ),
    ]);
    let text = folder.render(&["shop", "--lookup", "one.yaml", "--lookup", "two.yaml"]).ok();
    insta::assert_snapshot!(text, @r"
    ---
    # Source: shop/templates/a.yaml
    kind: A
    found: cA==
    replicas: int64
    all: default/db z/other 
    none: {}
    list: []
    ---
    # Source: shop/templates/b.yaml.j2
    kind: B
    found: cA==
    all: db other 
    none: {}
    ");
    assert!(folder.render(&["shop", "-s", "templates/b.yaml.j2"]).stderr.contains("`.data` is undefined"));
}

#[test]
fn the_products_keep_their_secrets() {
    for args in [
        &["st2", "stackstorm-ha"][..],
        &["opencti", "--set", "rabbitmq.auth.password=,rabbitmq.auth.erlangCookie="],
        &["malcolm"],
        &["postgresql"],
        &["rabbitmq"],
    ] {
        let first = render(args);
        let folder = Folder::new(&[("old.yaml", &first.stdout)]);
        let again = folder.render(&[args, &["--adopt", "old.yaml"]].concat());
        assert_eq!((again.stdout, again.stderr.as_str()), (first.stdout, ""), "{args:?}");
        let seeded = |seed: &str| render(&[args, &["--seed", seed]].concat()).ok();
        assert_eq!(seeded("a"), seeded("a"));
        assert_ne!(seeded("a"), seeded("b"));
    }
}
