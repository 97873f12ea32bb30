//! Manifests with the edges and warnings they give.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::*;
use crate::diag::{SourceKind, Sources};
use crate::yaml;

fn read(text: &str) -> Vec<Value> {
    let source = Sources::default().add("m.yaml", SourceKind::Rendered, text.as_bytes()).expect("room");
    let ranges = manifest::split(text).into_iter();
    ranges.map(|range| yaml::load_range(&source, range).expect("YAML").value).collect()
}

/// The edges of manifests in the namespace `shop`, a line each, and the problems after them.
fn told(text: &str) -> Vec<String> {
    let manifests = read(text);
    let graph = Graph::of(&manifests, "shop");
    let edge = |edge: &Edge| {
        let label = if edge.labels.is_empty() { String::new() } else { format!(" {}", edge.labels.join(" ")) };
        format!("{} {} {}{label}", graph.nodes[edge.from].id, edge.relation.verb(), graph.nodes[edge.to].id)
    };
    let problems = graph.dangling.iter().map(|dangling| format!("! {}", dangling.problem));
    graph.edges.iter().map(edge).chain(problems).collect()
}

fn broken(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (read(before), read(after));
    broken_by(&before, &after).iter().map(|dangling| dangling.problem.to_string()).collect()
}

const WEB: &str = "\
kind: Service
apiVersion: v1
metadata: {name: web, labels: {app: web}}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}, {name: admin, port: 81, targetPort: 8081}]
---
kind: Deployment
apiVersion: apps/v1
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]
---
";

#[test]
fn services_take_pods_by_labels_and_ports_by_name() {
    assert_eq!(told(WEB), ["Service web selects Deployment web"]);
    let other = WEB.replace("selector: {app: web}", "selector: {app: web, tier: back}");
    assert_eq!(told(&other), ["! no pods in this render have the labels app=web,tier=back"]);
    let other = WEB.replace("targetPort: http", "targetPort: \"https\"");
    let want = ["Service web selects Deployment web", "! nothing with the labels app=web has a port named `https`"];
    assert_eq!(told(&other), want);
    assert_eq!(told(&WEB.replace("spec:\n  selector", "spec:\n  type: ExternalName\n  selector")), [""; 0]);
    let open = WEB.replace("spec:\n  selector", "spec:\n  type: LoadBalancer\n  selector");
    assert_eq!(told(&open), ["Users reaches Service web", "Service web selects Deployment web"]);
    assert_eq!(told("kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec: {ports: [{port: 1}]}\n"), [""; 0]);
}

#[test]
fn an_ingress_routes_by_port_number_and_name_in_both_versions() {
    let ingress = |version: &str, backend: &str| {
        format!(
            "{WEB}apiVersion: networking.k8s.io/{version}\nkind: Ingress\nmetadata: {{name: web}}\nspec:\n  rules:\n  \
             - host: a.b\n    http: {{paths: [{{path: /x, backend: {backend}}}]}}\n"
        )
    };
    let edges =
        ["Users reaches Ingress web", "Ingress web routes to Service web a.b/x", "Service web selects Deployment web"];
    for (version, backend) in [
        ("v1", "{service: {name: web, port: {number: 80}}}"),
        ("v1", "{service: {name: web, port: {name: admin}}}"),
        ("v1beta1", "{serviceName: web, servicePort: 81}"),
        ("v1beta1", "{serviceName: web, servicePort: http}"),
    ] {
        assert_eq!(told(&ingress(version, backend)), edges, "{backend}");
    }
    for (backend, problem) in [
        ("{service: {name: web, port: {number: 8080}}}", "! Service web has no port 8080; it has 80, http, 81, admin"),
        ("{service: {name: web, port: {name: grpc}}}", "! Service web has no port grpc; it has 80, http, 81, admin"),
        ("{service: {name: api, port: {number: 80}}}", "! Service api is not in this render"),
    ] {
        assert_eq!(told(&ingress("v1", backend)).last().map(String::as_str), Some(problem));
    }
    let resource = ingress("v1", "{resource: {apiGroup: a.b, kind: Bucket, name: x}}");
    assert_eq!(told(&resource), ["Users reaches Ingress web", "Service web selects Deployment web"]);
}

#[test]
fn a_route_lies_between_its_gateway_and_its_services() {
    let route = "kind: HTTPRoute\napiVersion: gateway.networking.k8s.io/v1\nmetadata: {name: r}\nspec:\n  hostnames: [a.b]\n  \
                 parentRefs: [{name: edge, namespace: infra}]\n  rules:\n  - backendRefs: [{name: web, port: 80}, {name: old, \
                 port: 80}]\n    filters: [{type: RequestMirror, requestMirror: {backendRef: {name: web, port: 82}}}]\n";
    let want = [
        "Users reaches Gateway infra/edge",
        "Gateway infra/edge attaches to HTTPRoute r",
        "HTTPRoute r routes to Service old a.b",
        "HTTPRoute r routes to Service web a.b",
        "Service web selects Deployment web",
        "! Service old is not in this render",
        "! Service web has no port 82; it has 80, http, 81, admin",
    ];
    assert_eq!(told(&format!("{WEB}{route}")), want);
    let gateway = "---\nkind: Gateway\nmetadata: {name: edge, namespace: infra}\nspec: {gatewayClassName: nginx, listeners: \
                   [{tls: {certificateRefs: [{name: cert}]}}]}\n";
    let all = told(&format!("{WEB}{route}{gateway}"));
    assert_eq!(all[..2], ["Users reaches Gateway infra/edge", "Gateway infra/edge attaches to HTTPRoute r"]);
    assert!(all.contains(&"! Secret infra/cert is not in this render".to_owned()), "{all:?}");
    assert!(all.contains(&"Gateway infra/edge has the class GatewayClass nginx".to_owned()), "{all:?}");
}

const CONFIG: &str = "\
kind: ConfigMap
metadata: {name: c}
data: {a: x}
---
kind: Secret
metadata: {name: s}
stringData: {a: x}
---
kind: ServiceAccount
metadata: {name: sa}
imagePullSecrets: [{name: s}]
---
kind: PersistentVolumeClaim
metadata: {name: p}
spec: {storageClassName: fast}
---
";

fn pod(spec: &str) -> String {
    format!("{CONFIG}kind: Pod\nmetadata: {{name: w}}\nspec:\n  {}\n", spec.replace('\n', "\n  "))
}

#[test]
fn pods_use_configuration_secrets_and_volumes() {
    let whole = pod("serviceAccountName: sa
imagePullSecrets: [{name: s}]
volumes:
- {name: a, configMap: {name: c, items: [{key: a, path: a}]}}
- {name: b, secret: {secretName: s}}
- {name: c, persistentVolumeClaim: {claimName: p}}
- {name: d, projected: {sources: [{configMap: {name: c}}, {secret: {name: s}}, {serviceAccountToken: {path: t}}]}}
containers:
- name: x
  envFrom: [{configMapRef: {name: c}}, {secretRef: {name: s}}]
  env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: a}}}, {name: B, valueFrom: {secretKeyRef: {name: s, key: a}}}]");
    let want = [
        "Pod w stores in PersistentVolumeClaim p",
        "Pod w uses Secret s",
        "Pod w uses ConfigMap c",
        "Pod w runs as ServiceAccount sa",
        "PersistentVolumeClaim p has the class StorageClass fast",
        "ServiceAccount sa uses Secret s",
    ];
    assert_eq!(told(&whole), want);
}

#[test]
fn what_a_pod_lacks_is_told_and_what_may_lack_is_not() {
    let problems = |spec: &str| told(&pod(spec)).into_iter().filter(|line| line.starts_with('!')).collect::<Vec<_>>();
    let env = |of: &str| format!("containers: [{{name: x, env: [{{name: A, valueFrom: {of}}}]}}]");
    assert_eq!(problems(&env("{secretKeyRef: {name: s, key: b}}")), ["! Secret s has no key `b`"]);
    assert_eq!(problems(&env("{configMapKeyRef: {name: d, key: b}}")), ["! ConfigMap d is not in this render"]);
    for fine in [
        env("{secretKeyRef: {name: s, key: b, optional: true}}"),
        env("{configMapKeyRef: {name: d, key: b, optional: true}}"),
        env("{fieldRef: {fieldPath: metadata.name}}"),
        "containers: []\nserviceAccountName: default\npriorityClassName: system-node-critical".to_owned(),
        "containers: []\nvolumes: [{name: a, configMap: {name: kube-root-ca.crt}}]".to_owned(),
        "containers: []\nruntimeClassName: gvisor\npriorityClassName: high".to_owned(),
        "containers: []\nvolumes: [{name: a, secret: {secretName: t, optional: true}}]".to_owned(),
    ] {
        assert_eq!(problems(&fine), [""; 0], "{fine}");
    }
    let items =
        "containers: []\nvolumes: [{name: a, secret: {secretName: s, items: [{key: a, path: x}, {key: z, path: y}]}}]";
    assert_eq!(problems(items), ["! Secret s has no key `z`"]);
}

#[test]
fn a_secret_that_a_controller_makes_is_there() {
    let tls = "kind: Ingress\nmetadata: {name: i}\nspec: {tls: [{secretName: t}]}\n---\n";
    let made = [
        ("Certificate", "spec: {secretName: t, issuerRef: {name: ca}}"),
        ("ExternalSecret", "spec: {target: {name: t}}"),
        ("SealedSecret", "spec: {}"),
        ("VaultStaticSecret", "spec: {destination: {name: t}}"),
    ];
    for (kind, spec) in made {
        let all = told(&format!("{tls}kind: {kind}\nmetadata: {{name: t}}\n{spec}\n"));
        assert!(all.contains(&format!("Ingress i uses {kind} t")), "{all:?}");
        assert!(!all.iter().any(|line| line.starts_with('!')), "{all:?}");
    }
    let annotated =
        tls.replace("metadata: {name: i}", "metadata: {name: i, annotations: {cert-manager.io/issuer: ca}}");
    assert_eq!(told(&annotated), ["Users reaches Ingress i"]);
    assert_eq!(told(tls).last().map(String::as_str), Some("! Secret t is not in this render"));
}

#[test]
fn a_stateful_set_claims_volumes_and_has_its_service() {
    let set = "kind: StatefulSet\napiVersion: apps/v1\nmetadata: {name: db}\nspec:\n  serviceName: db\n  template: {metadata: \
               {labels: {app: db}}, spec: {containers: [{name: db, args: [\"--join=db-0.db:5432\"]}]}}\n  \
               volumeClaimTemplates: [{metadata: {name: data}, spec: {storageClassName: fast}}]\n";
    let claims = "StatefulSet db stores in PersistentVolumeClaim data-db-*";
    let class = "StatefulSet db has the class StorageClass fast";
    let absent = [claims, "StatefulSet db is governed by Service db", class, "! Service db is not in this render"];
    let mut all = told(set);
    all.sort();
    let mut want = absent;
    want.sort();
    assert_eq!(all, want);
    let service = "---\nkind: Service\napiVersion: v1\nmetadata: {name: db}\nspec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}\n";
    assert_eq!(told(&format!("{set}{service}")), ["Service db selects StatefulSet db", claims, class]);
}

#[test]
fn what_acts_on_pods_and_services_finds_them() {
    let policies = "\
kind: HorizontalPodAutoscaler
metadata: {name: h}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
---
kind: ScaledObject
metadata: {name: k}
spec: {scaleTargetRef: {name: gone}}
---
kind: PodDisruptionBudget
metadata: {name: b}
spec: {selector: {matchExpressions: [{key: tier, operator: In, values: [front, back]}]}}
---
kind: PodDisruptionBudget
metadata: {name: none}
spec: {selector: {matchLabels: {app: web}, matchExpressions: [{key: tier, operator: NotIn, values: [front]}]}}
---
kind: NetworkPolicy
metadata: {name: np}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {matchLabels: {app: stranger}}}, {podSelector: {}, namespaceSelector: {}}]}]
---
kind: ServiceMonitor
metadata: {name: m}
spec: {selector: {matchLabels: {app: web}}, endpoints: [{port: admin}, {port: metrics}]}
---
kind: PodMonitor
metadata: {name: p}
spec: {selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: http}]}
---
kind: ValidatingWebhookConfiguration
metadata: {name: v}
webhooks: [{name: a, clientConfig: {service: {name: web, namespace: shop, port: 443}}}, {name: b, clientConfig: {url: x}}]
---
kind: APIService
metadata: {name: a}
spec: {service: {name: metrics-server, namespace: kube-system}}
";
    let want = [
        "Service web selects Deployment web",
        "HorizontalPodAutoscaler h scales Deployment web",
        "ServiceMonitor m monitors Service web",
        "PodMonitor p monitors Deployment web",
        "APIService a calls Service kube-system/metrics-server",
        "! Deployment gone is not in this render",
        "! no pods in this render have the labels app=web,tier notin (front)",
        "! nothing with the labels app=web has a port named `metrics`",
        "! Service web has no port 443; it has 80, http, 81, admin",
    ];
    let all = told(&format!("{WEB}{policies}"));
    for line in want {
        assert!(all.iter().any(|said| said == line), "{line} is not in {all:#?}");
    }
    for line in ["PodDisruptionBudget b guards Deployment web", "NetworkPolicy np guards Deployment web"] {
        assert!(all.iter().any(|said| said == line), "{line} is not in {all:#?}");
    }
    assert_eq!(all.iter().filter(|line| line.starts_with('!')).count(), 4, "{all:#?}");
}

#[test]
fn bindings_grant_roles_to_accounts() {
    let all = told(
        "kind: ServiceAccount\nmetadata: {name: sa}\n---\nkind: Role\nmetadata: {name: r}\n---\nkind: RoleBinding\nmetadata: \
         {name: b}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: sa}, {kind: Group, name: g}]\n---\n\
         kind: ClusterRoleBinding\nmetadata: {name: c}\nroleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: \
         ServiceAccount, name: sa, namespace: shop}, {kind: ServiceAccount, name: other, namespace: infra}, {kind: \
         ServiceAccount, name: gone, namespace: shop}]\n",
    );
    let want = [
        "ClusterRoleBinding c binds ServiceAccount sa",
        "ClusterRoleBinding c binds ServiceAccount infra/other",
        "ClusterRoleBinding c binds ServiceAccount shop/gone",
        "RoleBinding b grants Role r",
        "RoleBinding b binds ServiceAccount sa",
        "! ServiceAccount shop/gone is not in this render",
    ];
    for line in want {
        assert!(all.iter().any(|said| said == line), "{line} is not in {all:#?}");
    }
    assert_eq!(all.len(), want.len());
}

#[test]
fn connections_are_found_in_environment_arguments_and_files() {
    let client = |container: &str| {
        format!(
            "{WEB}kind: ConfigMap\nmetadata: {{name: c}}\ndata: {{app.yaml: \"upstream: http://web:80/x\\n\"}}\n---\nkind: \
             Secret\nmetadata: {{name: s}}\ndata: {{url: aHR0cDovL3dlYjo4MQ==}}\n---\nkind: Job\nmetadata: {{name: j}}\nspec: \
             {{template: {{spec: {{containers: [{{name: x, {container}}}]}}}}}}\n"
        )
    };
    let edge = |container: &str| told(&client(container)).into_iter().find(|line| line.starts_with("Job j connects"));
    assert_eq!(
        edge("env: [{name: A, value: \"http://web:80\"}]").as_deref(),
        Some("Job j connects to Service web :80")
    );
    assert_eq!(edge("env: [{name: WEB_HOST, value: web}]").as_deref(), Some("Job j connects to Service web"));
    assert_eq!(edge("args: [--host, web]").as_deref(), Some("Job j connects to Service web"));
    assert_eq!(edge("envFrom: [{configMapRef: {name: c}}]").as_deref(), Some("Job j connects to Service web :80"));
    assert_eq!(edge("envFrom: [{secretRef: {name: s}}]").as_deref(), Some("Job j connects to Service web :81"));
    assert_eq!(edge("env: [{name: NAME, value: web}]"), None);
    let wrong = told(&client("env: [{name: A, value: \"http://web:8080\"}]"));
    assert_eq!(wrong.last().map(String::as_str), Some("! Service web has no port 8080; it has 80, http, 81, admin"));
}

#[test]
fn a_change_is_told_of_what_it_breaks_and_of_nothing_else() {
    let client = "kind: Job\nmetadata: {name: j}\nspec: {template: {spec: {containers: [{name: x, env: [{name: A, value: \
                  \"http://web:80\"}, {name: B, valueFrom: {secretKeyRef: {name: mine, key: k}}}]}]}}}\n";
    let all = format!("{WEB}{client}");
    assert_eq!(broken(&all, &all), [""; 0]);
    // The Service is gone, and its client is not.
    assert_eq!(broken(&all, client), ["Service web is not in this render"]);
    assert_eq!(
        broken(&all, &all.replace("name: web, labels", "name: www, labels")),
        ["Service web is not in this render"]
    );
    assert_eq!(
        broken(&all, &all.replace("port: 80,", "port: 8000,")),
        ["Service web has no port 80; it has 8000, http, 81, admin"]
    );
    assert_eq!(
        broken(&all, &all.replace("labels: {app: web, ", "labels: {app: www, ")),
        ["no pods in this render have the labels app=web"]
    );
    // A new reference to what was never there.
    assert_eq!(broken(WEB, &all), ["Secret mine is not in this render"]);
    assert_eq!(broken(&all, &all.replace("name: mine", "name: yours")), ["Secret yours is not in this render"]);
    // The same one from somebody else is not new.
    assert_eq!(broken(&all, &all.replace("name: j", "name: k")), [""; 0]);
    // A class that a cluster has, and one that the render had.
    let claim = "kind: PersistentVolumeClaim\nmetadata: {name: p}\nspec: {storageClassName: fast}\n";
    let class = format!("{claim}---\nkind: StorageClass\nmetadata: {{name: fast}}\n");
    assert_eq!(broken("", claim), [""; 0]);
    assert_eq!(broken(&class, claim), ["StorageClass fast is not in this render"]);
}

/// Everything that is read, in one render.
fn whole() -> Vec<Value> {
    let route = "kind: HTTPRoute\nmetadata: {name: r}\nspec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: web, port: 80}]}]}\n";
    let monitor = "kind: ServiceMonitor\nmetadata: {name: m}\nspec: {selector: {matchExpressions: [{key: app, operator: In, values: \
                   [web]}]}, endpoints: [{port: http}], namespaceSelector: {matchNames: [shop]}}\n";
    let set = "kind: StatefulSet\nmetadata: {name: s}\nspec: {serviceName: web, volumeClaimTemplates: [{metadata: {name: d}}], template: \
               {spec: {containers: [{name: x, args: [--host, web], envFrom: [{configMapRef: {name: c}}]}]}}}\n";
    let binding = "kind: RoleBinding\nmetadata: {name: b}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: sa}]\n";
    read(&[WEB, CONFIG, route, "---\n", monitor, "---\n", set, "---\n", binding].concat())
}

/// A value with its nth node replaced; the nodes are counted down.
fn replaced(value: &Value, n: &mut usize, by: &Value) -> Value {
    if *n == 0 {
        *n = usize::MAX;
        return by.clone();
    }
    *n -= 1;
    match value {
        Value::Map(map, origin) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), replaced(value, n, by)));
            Value::Map(Arc::new(entries.collect()), *origin)
        }
        Value::List(items, origin) => {
            Value::List(Arc::new(items.iter().map(|item| replaced(item, n, by)).collect()), *origin)
        }
        leaf => leaf.clone(),
    }
}

fn fits_schema(graph: &Graph) -> Vec<String> {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema = serde_json::from_str(include_str!("../../docs/graph.schema.json")).expect("JSON");
        jsonschema::validator_for(&schema).expect("a schema")
    });
    let json = serde_json::from_str(&draw::json(graph)).expect("JSON");
    SCHEMA.iter_errors(&json).map(|err| format!("{err} at {}", err.instance_path())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever stands wherever, a graph is drawn, and a render breaks nothing of itself.
    #[test]
    fn anything_may_stand_anywhere(odd in proptest::collection::vec((0..400_usize, 0..7_usize), 1..6)) {
        let odds = [
            Value::NULL,
            Value::int(-1),
            Value::str(""),
            Value::str("\u{e9}=web:80 http://web.\u{e9}:99999 \"web\""),
            Value::list([Value::str("web")]),
            Value::map([("name", Value::str("web"))]),
            Value::bool(true),
        ];
        let mut manifests = whole();
        for (mut n, by) in odd {
            manifests = manifests.iter().map(|manifest| replaced(manifest, &mut n, &odds[by])).collect();
        }
        for namespace in ["", "shop"] {
            let graph = Graph::of(&manifests, namespace);
            for edge in &graph.edges {
                prop_assert!(edge.from < graph.nodes.len() && edge.to < graph.nodes.len());
            }
            prop_assert_eq!(fits_schema(&graph), Vec::<String>::new());
            let some = graph.only(|node| node.tier != Tier::Config);
            for draw in [draw::mermaid, draw::dot, draw::json, draw::svg] {
                prop_assert!(!draw(&graph).is_empty() && !draw(&some).contains("NaN"));
            }
        }
        prop_assert_eq!(broken_by(&manifests, &manifests), []);
    }
}
