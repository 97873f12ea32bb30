//! Texts and the trees or reasons that come of them.

use super::ast::{FuncId, List, Node, Operand, OperandKind, Pipe};
use super::parse;

const FUNCTIONS: [&str; 4] = ["f", "g", "and", "printf"];

fn find(name: &str) -> Option<FuncId> {
    FUNCTIONS.iter().position(|f| *f == name).map(|at| FuncId(at as u32))
}

fn read(text: &str) -> Result<String, String> {
    let trees = parse("t", text.as_bytes(), &find).map_err(|err| format!("{}: {}", err.line, err.reason))?;
    let mut out = String::new();
    for (i, tree) in trees.iter().enumerate() {
        if i + 1 < trees.len() {
            out.push_str(&format!("[{}]", tree.name));
        }
        write_list(&tree.root, text, &mut out);
    }
    Ok(out)
}

fn write_list(list: &List, text: &str, out: &mut String) {
    for node in &list.nodes {
        match node {
            Node::Text(start, end) => out.push_str(&text[*start as usize..*end as usize]),
            Node::Action(pipe) => {
                out.push('<');
                pipe.write(text.as_bytes(), out);
                out.push('>');
            }
            Node::Template(call) => call.write(text.as_bytes(), out),
            Node::Break => out.push_str("<break>"),
            Node::Continue => out.push_str("<continue>"),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                out.push('<');
                branch.pipe.write(text.as_bytes(), out);
                out.push('?');
                write_list(&branch.list, text, out);
                if let Some(list) = &branch.else_list {
                    out.push(':');
                    write_list(list, text, out);
                }
                out.push('>');
            }
        }
    }
}

#[test]
fn texts_become_trees() {
    for (text, want) in [
        ("a{{ .b.c }}d", "a<.b.c>d"),
        ("{{ f .x (g 1 | printf \"a\") $.y nil }}", "<f .x (g 1 | printf \"a\") $.y nil>"),
        ("{{ (f).x.y }}{{ f.x }}", "<(f).x.y><f.x>"),
        ("{{ $x := 1 }}{{ $x = 2 }}{{ $x }}", "<$x := 1><$x = 2><$x>"),
        ("{{ if .a }}b{{ else if .c }}d{{ else }}e{{ end }}", "<.a?b:<.c?d:e>>"),
        ("{{ with .a }}b{{ else with .c }}d{{ end }}", "<.a?b:<.c?d>>"),
        ("{{ range $k, $v := .a }}{{ break }}{{ continue }}{{ end }}", "<$k, $v := .a?<break><continue>>"),
        ("{{ define \"d\" }}x{{ end }}y{{ template \"d\" . }}", "[d]xy{{template \"d\" .}}"),
        ("{{ block \"d\" .a }}x{{ end }}", "[d]x{{template \"d\" .a}}"),
        ("{{ define \"d\" }} {{ end }}{{ define \"d\" }}x{{ end }}", "[d]x"),
        ("{{ define \"d\" }}x{{ end }}{{ define \"d\" }} {{ end }}", "[d]x"),
        ("{{ printf\n  \"a\"\n  1i 'a' 0x1F }}", "<printf \"a\" 1i 'a' 0x1F>"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(want), "{text}");
    }
}

#[test]
fn what_is_not_written_right_has_a_reason() {
    for (text, want) in [
        ("{{ nosuch }}", "1: function \"nosuch\" not defined"),
        ("{{ $x }}", "1: undefined variable \"$x\""),
        ("{{ if $x := 1 }}{{ end }}{{ $x }}", "1: undefined variable \"$x\""),
        ("{{ define \"d\" }}{{ end }}\n{{ define \"d\" }}{{ $x }}{{ end }}", "2: undefined variable \"$x\""),
        ("{{ }}", "1: missing value for command"),
        ("{{ f | }}{{ f || g }}", "1: unexpected \"|\" in command"),
        ("{{ 1 | 2 }}", "1: non executable command in pipeline stage 2"),
        ("{{ if }}", "1: missing value for if"),
        ("{{ if 1 }}", "1: unexpected EOF"),
        ("a\n{{ end }}", "2: unexpected {{end}}"),
        ("{{ if 1 }}{{ else }}{{ else }}{{ end }}", "1: expected end; found {{else}}"),
        ("{{ if 1 }}{{ define \"d\" }}{{ end }}{{ end }}", "1: unexpected <define> in command"),
        ("{{ break }}", "1: {{break}} outside {{range}}"),
        ("{{ range 1 }}{{ block \"b\" . }}{{ break }}{{ end }}{{ end }}", "1: {{break}} outside {{range}}"),
        ("{{ range $a, $b, $c := 1 }}", "1: too many declarations in range"),
        ("{{ range $a, := 1 }}", "1: range can only initialize variables"),
        ("{{ $a, $b := 1 }}", "1: too many declarations in command"),
        ("{{ \"a\".x }}", "1: unexpected . after term \"\\\"a\\\"\""),
        ("{{ .a . }}{{ .a..b }}", "1: unexpected <.> in operand"),
        ("{{ f(1) }}", "1: unexpected \"(\" in operand"),
        ("{{ f \"abcdefghijklm\"\"b\" }}", "1: unexpected \"\\\"b\\\"\" in operand"),
        ("{{ f }}{{ \"a\"abcdefghijklm }}", "1: unexpected \"abcdefghij\"... in operand"),
        ("{{ template x }}", "1: unexpected \"x\" in template clause"),
        (
            "{{ define \"a\" }}x{{ end }}{{ define \"a\" }}y{{ end }}",
            "1: template: multiple definition of template \"a\"",
        ),
        ("{{ define \"a\" }}{{ else }}", "1: unexpected {{else}} in define clause"),
        ("{{ f\n\n\"a }}", "3: unterminated quoted string in action started at t:1"),
        ("{{ f\n\n", "3: unclosed action started at t:1"),
        ("{{ 99999999999999999999 }}", "1: integer overflow: \"99999999999999999999\""),
        ("{{ 1 }", "1: unexpected \"}\" in operand"),
    ] {
        assert_eq!(read(text), Err(want.to_owned()), "{text}");
    }
}

fn pipe_at(list: &List, at: usize) -> &Pipe {
    match &list.nodes[at] {
        Node::Action(pipe) => pipe,
        other => panic!("not an action: {other:?}"),
    }
}

fn first(pipe: &Pipe) -> &Operand {
    &pipe.cmds[0].args[0]
}

#[test]
fn positions_are_those_of_go() {
    let trees = parse("t", b"{{ .Values.a.b }}{{ f (.x.y) }}", &find).unwrap();
    let place = first(pipe_at(&trees[0].root, 0)).place;
    assert_eq!((place.pos, place.start, place.end), (10, 3, 14));
    let place = pipe_at(&trees[0].root, 1).cmds[0].args[1].place;
    assert_eq!((place.pos, place.start, place.end), (23, 22, 28));
}

#[test]
fn variables_have_slots() {
    let text = "{{ $x := 1 }}{{ and 0 ($x := 2) }}{{ $x }}{{ if $x }}{{ $y := 1 }}{{ else }}{{ $y }}{{ end }}";
    let trees = parse("t", text.as_bytes(), &find).unwrap();
    let OperandKind::Variable(variable, _) = &first(pipe_at(&trees[0].root, 2)).kind else { panic!("a variable") };
    assert_eq!(variable.slots, [2, 1]);
    let Node::If(branch) = &trees[0].root.nodes[3] else { panic!("an if") };
    let unset = first(pipe_at(branch.else_list.as_ref().unwrap(), 0));
    assert!(matches!(&unset.kind, OperandKind::Variable(v, _) if v.slots.is_empty()));
    assert_eq!(trees[0].slots, 4);
}
