//! Randomness: text, numbers, UUIDs. All of it comes from [`Context::random`], so that a seed repeats it.
//!
//! Semantics: Sprig 3.3.0, goutils 1.1.1 `cryptorandomstringutils.go`, xstrings 1.5.0 `Shuffle`.

use super::Param::{Int, Str};
use super::args::{MAX_TEXT, Out, fail, int, string, text};
use super::encoding::base64;
use super::{Context, FuncError, Function};
use crate::runtime::Runtime;
use crate::runtime::text::runes;

/// The family.
pub(super) const FAMILY: &[Function] = &[
    Function::new("randAlphaNum", &[Int], |ctx, a| characters(ctx, a, |c| c.is_ascii_alphanumeric())).random(),
    Function::new("randAlpha", &[Int], |ctx, a| characters(ctx, a, |c| c.is_ascii_alphabetic())).random(),
    Function::new("randNumeric", &[Int], |ctx, a| characters(ctx, a, |c| c.is_ascii_digit())).random(),
    Function::new("randAscii", &[Int], |ctx, a| characters(ctx, a, |c| (b' '..=b'~').contains(&c))).random(),
    Function::new("randBytes", &[Int], bytes).random(),
    Function::new("randInt", &[Int, Int], |ctx, a| {
        let (min, max) = (int(a, 0)?, int(a, 1)?);
        match u64::try_from(max.wrapping_sub(min)) {
            Ok(range @ 1..) => Ok(Runtime::int(min.wrapping_add(below(ctx, range)? as i64))),
            _ => fail("invalid argument to Intn"),
        }
    })
    .random(),
    Function::new("shuffle", &[Str], shuffle).random(),
    Function::new("uuidv4", &[], |ctx, _| Ok(uuid(ctx)?.into())).random(),
];

/// A random number below a limit, each as likely as the others.
pub(super) fn below(ctx: &Context<'_>, limit: u64) -> Result<u64, FuncError> {
    let limit = limit.max(1);
    // The highest numbers, which do not make up a whole round of the limit, are thrown away.
    let rounds_end = u64::MAX - u64::MAX % limit;
    let mut number = 0;
    // A source that gives such a number 64 times is not random; it must not hang the render.
    for _ in 0..64 {
        let mut buffer = [0; 8];
        ctx.random.fill(&mut buffer)?;
        number = u64::from_le_bytes(buffer);
        if number < rounds_end {
            break;
        }
    }
    Ok(number % limit)
}

/// So much random text is refused; what stands in a manifest is shorter by far.
const MAX_RANDOM: usize = MAX_TEXT >> 4;

fn length(count: i64) -> Result<usize, FuncError> {
    match usize::try_from(count) {
        Ok(count) if count <= MAX_RANDOM => Ok(count),
        _ => fail("the result would be longer than 16 MiB"),
    }
}

/// Characters of a set; none for a negative count.
fn characters(ctx: &Context<'_>, a: &[Runtime], of: fn(u8) -> bool) -> Out {
    let set: Vec<u8> = (0..=127).filter(|c| of(*c)).collect();
    let count = length(int(a, 0)?.max(0))?;
    let one = |_| Ok(set[below(ctx, set.len() as u64)? as usize]);
    Ok(string((0..count).map(one).collect::<Result<Vec<u8>, FuncError>>()?))
}

/// Random bytes as base64.
fn bytes(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    if int(a, 0)? < 0 {
        return fail("runtime error: makeslice: len out of range");
    }
    let mut buffer = vec![0; length(int(a, 0)?)?];
    ctx.random.fill(&mut buffer)?;
    Ok(base64(&buffer).into())
}

fn shuffle(ctx: &Context<'_>, a: &[Runtime]) -> Out {
    let mut runes: Vec<char> = runes(text(a, 0)?).collect();
    for i in (1..runes.len()).rev() {
        runes.swap(i, below(ctx, i as u64 + 1)? as usize);
    }
    Ok(runes.into_iter().collect::<String>().into())
}

fn uuid(ctx: &Context<'_>) -> Result<String, FuncError> {
    let mut bytes = [0; 16];
    ctx.random.fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let number = u128::from_be_bytes(bytes);
    let part = |shift: u32, digits: u32| number >> shift & ((1 << (4 * digits)) - 1);
    let parts = (part(96, 8), part(80, 4), part(64, 4), part(48, 4), part(0, 12));
    Ok(format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", parts.0, parts.1, parts.2, parts.3, parts.4))
}
