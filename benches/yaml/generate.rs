//! Values files in block style, as large as asked for.

use std::fmt::Write as _;

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }
}

/// A values file in block style, as large as asked for. Files of different seeds have the same keys and other values,
/// as layers of one chart have.
pub fn values(size: usize, seed: u64) -> String {
    let mut text = String::with_capacity(size + 4096);
    let mut dice = Dice(seed);
    let mut component = 0;
    while text.len() < size {
        component += 1;
        add_component(&mut text, &mut dice, component);
    }
    text
}

const WORDS: &[&str] = &["frontend", "worker", "connector", "cache", "ingest", "search", "queue", "proxy", "metrics"];

fn add_component(text: &mut String, dice: &mut Dice, number: usize) {
    let name = WORDS[number % WORDS.len()];
    let other = dice.pick(WORDS);
    let (port, tag) = (1024 + dice.roll(60_000), dice.roll(40));
    let _ = write!(
        text,
        "## @section The {name} of component {number}\n\
         {name}{number}:\n  enabled: {}\n  replicaCount: {}\n  image:\n    registry: registry.example.org\n    \
         repository: platform/{name}-{other}\n    tag: 6.{tag}.{}\n    pullPolicy: IfNotPresent\n    pullSecrets: []\n",
        dice.pick(&["true", "false"]),
        1 + dice.roll(9),
        dice.roll(9),
    );
    let _ = write!(
        text,
        "  service:\n    type: ClusterIP\n    port: {port}\n    annotations: {{}}\n  # How much it may use.\n  resources:\n    \
         requests:\n      cpu: {}m\n      memory: {}Mi\n    limits:\n      cpu: \"{}\"\n      memory: 2Gi\n",
        50 * (1 + dice.roll(20)),
        128 * (1 + dice.roll(16)),
        1 + dice.roll(4),
    );
    text.push_str("  env:\n");
    for _ in 0..2 + dice.roll(6) {
        let (key, value) = (dice.pick(WORDS), dice.pick(WORDS));
        let _ = write!(
            text,
            "    - name: {}_{}_URL\n      value: http://{value}.{other}.svc.cluster.local:{port}/api\n",
            key.to_uppercase(),
            value.to_uppercase(),
        );
    }
    let _ = write!(
        text,
        "  nodeSelector:\n    kubernetes.io/os: linux\n    topology.kubernetes.io/zone: zone-{}\n  tolerations:\n  - key: dedicated\n    \
         operator: Equal\n    value: '{name}'\n    effect: NoSchedule\n  args:\n  - --port={port}\n  - --peer={other}\n",
        dice.roll(5),
    );
    if dice.roll(4) == 0 {
        let _ = write!(
            text,
            "  config: |\n    [{name}]\n    listen = 0.0.0.0:{port}\n    peers = {other}\n\n    [log]\n    level = info\n",
        );
    }
    text.push('\n');
}
