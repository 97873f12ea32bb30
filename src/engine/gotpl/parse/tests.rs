//! Texts and the trees or reasons that come of them.

use super::ast::Tree;
use super::ast::{Code, FuncId, Node, Operand, OperandKind, Pipe, Row, Slot};
use crate::engine::gotpl::parse::{Parsed, Scratch};

const FUNCTIONS: [&str; 4] = ["f", "g", "and", "printf"];

fn find(name: &[u8]) -> Option<FuncId> {
    FUNCTIONS.iter().position(|f| f.as_bytes() == name).map(|at| FuncId(at as u32))
}

fn parse(text: &str) -> Parsed<Vec<Tree>> {
    super::parse("t", &text.as_bytes().into(), &find, &mut Scratch::default())
}

fn read(text: &str) -> Result<String, String> {
    let trees = parse(text).map_err(|err| format!("{}: {}", err.line, err.reason))?;
    let mut out = String::new();
    for (i, tree) in trees.iter().enumerate() {
        if i + 1 < trees.len() {
            out.push_str(&format!("[{}]", tree.name));
        }
        write_list(&tree.code, tree.root, &mut out);
    }
    Ok(out)
}

fn write_list(code: &Code, list: Row<Node>, out: &mut String) {
    for node in &code.nodes[list] {
        match *node {
            Node::Text(start, end) => {
                out.push_str(std::str::from_utf8(&code.text[start as usize..end as usize]).unwrap());
            }
            Node::Action(pipe) => {
                out.push('<');
                code.write_pipe(&code.pipes[pipe], out);
                out.push('>');
            }
            Node::Template(call) => code.write_call(&code.calls[call], out),
            Node::Break => out.push_str("<break>"),
            Node::Continue => out.push_str("<continue>"),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                let branch = &code.branches[branch];
                out.push('<');
                code.write_pipe(&code.pipes[branch.pipe], out);
                out.push('?');
                write_list(code, branch.list, out);
                if !branch.else_list.is_empty() {
                    out.push(':');
                    write_list(code, branch.else_list, out);
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

fn pipe_at(code: &Code, list: Row<Node>, at: usize) -> &Pipe {
    match code.nodes[list][at] {
        Node::Action(pipe) => &code.pipes[pipe],
        other => panic!("not an action: {other:?}"),
    }
}

fn words<'c>(code: &'c Code, pipe: &Pipe) -> &'c [Operand] {
    &code.operands[code.commands[pipe.cmds][0].args]
}

#[test]
fn positions_are_those_of_go() {
    let text = "{{ .Values.a.b }}{{ f (.x.y) $ }}{{ (f).a.b }}{{ $.c.d }}";
    let tree = parse(text).unwrap().remove(0);
    let place = |at, word| {
        let pipe = pipe_at(&tree.code, tree.root, at);
        let place = tree.code.place_of_operand(&words(&tree.code, pipe)[word]);
        (place.pos, place.start, place.end)
    };
    assert_eq!(place(0, 0), (10, 3, 14));
    assert_eq!(place(1, 1), (23, 22, 28));
    assert_eq!(place(1, 2), (29, 29, 30));
    assert_eq!(place(2, 0), (39, 36, 43));
    assert_eq!(place(3, 0), (50, 49, 54));
}

#[test]
fn variables_have_slots() {
    let text = "{{ $x := 1 }}{{ and 0 ($x := 2) }}{{ $x }}{{ if $x }}{{ $y := 1 }}{{ else }}{{ $y }}{{ end }}";
    let tree = parse(text).unwrap().remove(0);
    let slots = |list, at| -> &[Slot] {
        match words(&tree.code, pipe_at(&tree.code, list, at))[0].kind {
            OperandKind::Variable(id) => &tree.code.slots[tree.code.variables[id].slots],
            other => panic!("not a variable: {other:?}"),
        }
    };
    assert_eq!(slots(tree.root, 2), [2, 1]);
    let Node::If(branch) = tree.code.nodes[tree.root][3] else { panic!("an if") };
    assert!(slots(tree.code.branches[branch].else_list, 0).is_empty());
    assert_eq!(tree.slots, 4);
}
