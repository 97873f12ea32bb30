//! What a value is, in Go's words.
//!
//! Semantics: Sprig 3.3.0 `reflect.go`.

use super::Function;
use super::Param::{Any, Str};
use super::args::{any, text};
use super::equal::equal;

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("typeOf", &[Any], |ctx, a| Ok(any(a, 0)?.type_name(ctx.numbers()).into())),
    Function::new("typeIs", &[Str, Any], |ctx, a| {
        Ok((any(a, 1)?.type_name(ctx.numbers()).as_bytes() == text(a, 0)?).into())
    }),
    Function::new("typeIsLike", &[Str, Any], |ctx, a| {
        let name = any(a, 1)?.type_name(ctx.numbers());
        Ok([name, name.strip_prefix('*').unwrap_or(name)].iter().any(|n| Ok(n.as_bytes()) == text(a, 0)).into())
    }),
    Function::new("kindOf", &[Any], |ctx, a| Ok(any(a, 0)?.kind_name(ctx.numbers()).into())),
    Function::new("kindIs", &[Str, Any], |ctx, a| {
        Ok((any(a, 1)?.kind_name(ctx.numbers()).as_bytes() == text(a, 0)?).into())
    }),
    Function::new("deepEqual", &[Any, Any], |ctx, a| Ok(equal(ctx, any(a, 0)?, any(a, 1)?).into())),
];
