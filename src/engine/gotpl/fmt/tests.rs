//! Formats and what Helm 4.1.4 prints for them.

use super::{print_into, sprint, sprintf, sprintln};
use crate::runtime::{Elem, List, MapRef, Runtime};

fn text(format: &str, args: &[Runtime]) -> String {
    String::from_utf8(sprintf(format.as_bytes(), args)).unwrap()
}

fn str(text: &str) -> Runtime {
    Runtime::str(text)
}

#[test]
fn integers() {
    for (format, n, want) in [
        ("%d", -7, "-7"),
        ("%5d|", 42, "   42|"),
        ("%-5d|", 42, "42   |"),
        ("%05d|", -42, "-0042|"),
        ("%+d", 42, "+42"),
        ("% d", 42, " 42"),
        ("%.4d|", 42, "0042|"),
        ("%8.4d|", 42, "    0042|"),
        ("%08.4d|", 42, "    0042|"),
        ("%.0d|", 0, "|"),
        ("%3.0d|", 0, "   |"),
        ("%x %%", 255, "ff %"),
        ("%#x", 255, "0xff"),
        ("%#X", 255, "0XFF"),
        ("%#o", 8, "010"),
        ("%O", 8, "0o10"),
        ("%#b", 5, "0b101"),
        ("%c", 26085, "日"),
        ("%q", 39, "'\\''"),
        ("%+q", 26085, "'\\u65e5'"),
        ("%U", 65, "U+0041"),
        ("%#U", 0x65e5, "U+65E5 '日'"),
        ("%e", 1, "%!e(int=1)"),
        ("%5t", 1, "%!t(int=    1)"),
        ("%#v", 1, "1"),
        ("%T", 1, "int"),
        ("%010T|", 1, "0000000int|"),
        ("%p", 1, "%!p(int=1)"),
        ("%z", 1, "%!z(int=1)"),
        ("%日", 1, "%!日(int=1)"),
    ] {
        assert_eq!(text(format, &[Runtime::int(n)]), want, "{format}");
    }
}

#[test]
fn floats() {
    for (format, n, want) in [
        ("%5.2f|", 1.5, " 1.50|"),
        ("%f", 1.5, "1.500000"),
        ("%.0f", 1.5, "2"),
        ("%.0f", 2.5, "2"),
        ("%e", 1.5, "1.500000e+00"),
        ("%E", 1500.0, "1.500000E+03"),
        ("%g", 1_000_000.0, "1e+06"),
        ("%G", 1e-7, "1E-07"),
        ("%.3g", 1234.5678, "1.23e+03"),
        ("%v", 1e21, "1e+21"),
        ("%+v", 1.5, "1.5"),
        ("%+.1f", 1.5, "+1.5"),
        ("%08.3f", -1.5, "-001.500"),
        ("% .1f", 1.5, " 1.5"),
        ("%#g", 1.0, "1.00000"),
        ("%#.3x", 1.0, "0x1.000p+00"),
        ("%#v", 1.0, "1"),
        ("%x", 1.5, "0x1.8p+00"),
        ("%X", -0.1, "-0X1.999999999999AP-04"),
        ("%.1x", 1.96875, "0x1.0p+01"),
        ("%b", 1.0, "4503599627370496p-52"),
        ("%d", 3.0, "%!d(float64=3)"),
        ("%s", 3.5, "%!s(float64=3.5)"),
        ("%v", f64::INFINITY, "+Inf"),
        ("%06v", f64::NEG_INFINITY, "  -Inf"),
        ("%06f", f64::NAN, "   NaN"),
    ] {
        assert_eq!(text(format, &[Runtime::Float(n)]), want, "{format}");
    }
}

#[test]
fn texts() {
    for (format, value, want) in [
        ("%s", "a", "a"),
        ("%5s|%[1]s", "日本", "   日本|日本"),
        ("%-5s|", "a", "a    |"),
        ("%.2s", "日本語", "日本"),
        ("%q", "a\"\n", "\"a\\\"\\n\""),
        ("%#q", "a\"b", "`a\"b`"),
        ("%#q", "a`b", "\"a`b\""),
        ("%+q", "é😀", "\"\\u00e9\\U0001f600\""),
        ("%x", "hi", "6869"),
        ("% x", "hi", "68 69"),
        ("%#x", "hi", "0x6869"),
        ("%# X", "hi", "0X68 0X69"),
        ("%6x|", "h", "    68|"),
        ("%-6x|", "h", "68    |"),
        ("%.1x", "hi", "68"),
        ("%#v", "a", "\"a\""),
        ("%d", "a", "%!d(string=a)"),
        ("%t", "a", "%!t(string=a)"),
        ("%w", "a", "%!w(string=a)"),
        ("%!", "a", "%!!(string=a)"),
        ("%", "a", "%!(NOVERB)%!(EXTRA string=a)"),
        ("%d %s", "a", "%!d(string=a) %!s(MISSING)"),
        ("%[2]s", "a", "%!s(BADINDEX)"),
        ("%[x]s", "a", "%!s(BADINDEX)"),
        ("%[1", "a", "%!(NOVERB)"),
        ("%*s", "a", "%!(BADWIDTH)%!s(MISSING)"),
        ("%.*s", "a", "%!(BADPREC)%!s(MISSING)"),
        ("%99999999s", "a", "%!(NOVERB)%!(EXTRA string=a)"),
    ] {
        assert_eq!(text(format, &[str(value)]), want, "{format}");
    }
}

#[test]
fn arguments() {
    let args = [Runtime::int(1), Runtime::int(2)];
    assert_eq!(text("%[2]d %[1]d", &args), "2 1");
    assert_eq!(text("%[2]*[1]d|", &args), " 1|");
    assert_eq!(text("%d", &args), "1%!(EXTRA int=2)");
    assert_eq!(text("", &[Runtime::Nil, str("a")]), "%!(EXTRA <nil>, string=a)");
    assert_eq!(text("%-*d|", &[Runtime::int(-3), Runtime::int(5)]), "5  |");
    assert_eq!(text("%.*f", &[Runtime::int(2), Runtime::Float(1.0)]), "1.00");
}

#[test]
fn collections() {
    let list = Runtime::list([str("a"), Runtime::int(1), Runtime::Nil]);
    let map = Runtime::map([("b", Runtime::Float(1.0)), ("a", Runtime::Bool(true))]);
    let strings = Runtime::strings(["a", "b"]);
    for (format, value, want) in [
        ("%v", &list, "[a 1 <nil>]"),
        ("%d", &list, "[%!d(string=a) 1 <nil>]"),
        ("%#v", &list, "[]interface {}{\"a\", 1, interface {}(nil)}"),
        ("%T", &list, "[]interface {}"),
        ("%5v", &list, "[    a     1 <nil>]"),
        ("%v", &map, "map[a:true b:1]"),
        ("%s", &map, "map[a:%!s(bool=true) b:%!s(float64=1)]"),
        ("%#v", &map, "map[string]interface {}{\"a\":true, \"b\":1}"),
        ("%q", &strings, "[\"a\" \"b\"]"),
        ("%#v", &strings, "[]string{\"a\", \"b\"}"),
        ("%w", &strings, "%!w([]string=[a b])"),
    ] {
        assert_eq!(text(format, std::slice::from_ref(value)), want, "{format}");
    }
    let nil = [Runtime::Map(MapRef::nil()), Runtime::List(List::nil(Elem::Any))];
    assert_eq!(text("%#v %#v", &nil), "map[string]interface {}(nil) []interface {}(nil)");
    assert_eq!(text("%v %s %T", &[Runtime::Nil, Runtime::Nil, Runtime::Nil]), "<nil> %!s(<nil>) <nil>");
}

#[test]
fn complex_numbers() {
    let number = crate::engine::gotpl::complex::Complex::value(0.0, 1.0);
    assert_eq!(
        text("%v %.2f %d", &[number.clone(), number.clone(), number]),
        "(0+1i) (0.00+1.00i) %!d(complex128=(0+1i))"
    );
}

#[test]
fn plain_printing() {
    let args = [str("a"), str("b"), Runtime::int(1), Runtime::int(2), str("c"), Runtime::Float(3.5), Runtime::Nil];
    assert_eq!(sprint(&args), b"ab1 2c3.5 <nil>");
    assert_eq!(sprintln(&args), b"a b 1 2 c 3.5 <nil>\n");
    let mut out = Vec::new();
    print_into(&Runtime::bytes(vec![0xff]), &mut out);
    assert_eq!(out, [0xff]);
}
