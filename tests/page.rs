//! The page of `render diff -o html`, opened in a browser: with CHROMIUM in the environment in that one, else in the
//! `chromium` that is found. Where there is none the page is not opened; the check of every change installs one.

use std::path::PathBuf;
use std::process::Command;

use crate::common::Folder;

/// The browser to open pages in.
fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Some(named.into());
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).map(|folder| folder.join("chromium")).find(|path| path.is_file())
}

/// What a person does on the page, one line of what is seen after each step.
const VISIT: &str = r##"<script>
const seen = [];
const shown = () => byId("shown").textContent;
const type = (text) => { byId("filter").value = text; byId("filter").dispatchEvent(new Event("input")); };
const visible = (query) => all(query).filter((one) => one.checkVisibility()).length;
seen.push(`at first: ${shown()}, ${visible("nav a")} in the tree`);
type("configmap");
seen.push(`filtered: ${shown()}, ${visible("nav a")} in the tree`);
type("no such thing");
seen.push(`without a match: ${shown()}`);
type("");
const added = document.querySelector("#fates input[value=added]");
added.click();
seen.push(`without what is added: ${shown()}`);
added.click();
byId("close").click();
seen.push(`closed: ${resources.filter((one) => one.open).length} open`);
document.querySelector("nav a").click();
seen.push(`after a link: ${resources.filter((one) => one.open).length} open`);
byId("open").click();
seen.push(`opened: ${resources.filter((one) => one.open).length} open`);
const button = document.querySelector(".fold button");
const below = button.closest(".fold").nextElementSibling;
const before = below.hidden;
button.click();
seen.push(`a fold: hidden ${before}, then ${below.hidden}`);
byId("inline").click();
seen.push(`inline: ${byId("inline").getAttribute("aria-pressed")}`);
seen.push(`loaded from elsewhere: ${performance.getEntriesByType("resource").length}`);
document.body.replaceChildren(Object.assign(document.createElement("pre"), { id: "seen", textContent: seen.join("\n") }));
</script>"##;

fn config_map(name: &str, lines: usize) -> String {
    let text: String = (0..lines).map(|n| format!("    line {n}\n")).collect();
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata:\n  text: |\n{text}")
}

#[test]
fn the_page_filters_folds_and_loads_nothing() {
    let Some(browser) = browser() else { return };
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";
    let long = config_map("long", 200);
    let folder = Folder::new(&[
        ("old.yaml", &format!("{long}---\n{service}")),
        (
            "new.yaml",
            &format!(
                "{}---\n{}---\n{}",
                long.replace("line 100\n", "line one hundred\n"),
                service.replace("80", "81"),
                config_map("new", 2)
            ),
        ),
    ]);
    let page = folder.render(&["diff", "old.yaml", "new.yaml", "-o", "html", "--exit-zero"]).ok();
    folder.write("page.html", &page.replace("</body>", &format!("{VISIT}</body>")));
    let opened = Command::new(&browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--dump-dom"])
        .args(["--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--timeout=30000"])
        .arg(format!("--user-data-dir={}", folder.path("profile").display()))
        .arg(format!("file://{}", folder.path("page.html").display()))
        .output()
        .unwrap_or_else(|err| panic!("{}: {err}", browser.display()));
    let dom = String::from_utf8_lossy(&opened.stdout);
    let seen = dom.split_once("<pre id=\"seen\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let (seen, _) = seen.unwrap_or_else(|| panic!("{dom}\n{}", String::from_utf8_lossy(&opened.stderr)));
    let want = [
        "at first: 3 of 3 resources, 3 in the tree",
        "filtered: 2 of 3 resources, 2 in the tree",
        "without a match: 0 of 3 resources",
        "without what is added: 2 of 3 resources",
        "closed: 0 open",
        "after a link: 1 open",
        "opened: 3 open",
        "a fold: hidden true, then false",
        "inline: true",
        "loaded from elsewhere: 0",
    ];
    assert_eq!(seen.lines().collect::<Vec<_>>(), want);
}
