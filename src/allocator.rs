//! Memory for runs that end soon: blocks are cut off huge pages one after the other, and wait in a list of their size
//! once they are free.
//!
//! A page of 4 KiB costs one to two microseconds when it is first touched, one of 2 MiB some sixty. An allocator for
//! programs that run for days keeps each size in pages of its own, of which a short run touches a few hundred bytes
//! each. Here what is asked for one after the other lies side by side. Of the CPU time that a chart took with mimalloc
//! (a small one 4.4 ms, a large one 18 ms) this leaves three quarters; with glibc's malloc or dlmalloc on huge pages it
//! was some nine tenths, and so it is here where the kernel has no huge pages.
//!
//! Blocks of one size never become blocks of another, and each thread has a heap of its own and frees into its own
//! lists, wherever a block came from. What a thread has when it ends is lost until the process ends: this is for a
//! program that works on one thread and then is done.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

use rustix::mm::{Advice, MapFlags, MremapFlags, ProtFlags, madvise, mmap_anonymous, mremap, munmap};

/// Blocks are aligned to this; what must be aligned more comes from the system's allocator.
const ALIGN: usize = 16;
/// Blocks up to this size differ by `ALIGN` from class to class.
const FINE: usize = 1024;
/// Larger ones have four classes from one power of two to the next, up to this size; what is larger still has pages of
/// its own, which go back to the kernel when it is freed.
const CUT: usize = 1 << 20;
const CLASSES: usize = FINE / ALIGN + 4 * (CUT / FINE).ilog2() as usize + 1;
/// A huge page (x86-64, and AArch64 with pages of 4 KiB).
const HUGE: usize = 2 << 20;
/// So much address space is had from the kernel at once.
const REGION: usize = 16 * HUGE;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

struct Allocator;

/// What one thread has to give: the rest of its region, and free blocks by class, each with the next one's address in
/// its first bytes.
struct Heap {
    next: Cell<*mut u8>,
    left: Cell<usize>,
    free: [Cell<*mut u8>; CLASSES],
}

thread_local! {
    static HEAP: Heap = const { Heap {
        next: Cell::new(null_mut()), left: Cell::new(0), free: [const { Cell::new(null_mut()) }; CLASSES],
    } };
}

/// Where a block of a layout comes from.
enum Home {
    /// Cut off a region: the class, and how large its blocks are.
    Class(usize, usize),
    /// Pages of its own: how many bytes they have.
    Pages(usize),
    System,
}

impl Home {
    #[inline]
    fn of(layout: Layout) -> Home {
        let size = layout.size();
        if layout.align() > ALIGN {
            Home::System
        } else if size <= FINE {
            let class = size.div_ceil(ALIGN);
            Home::Class(class, class * ALIGN)
        } else if size <= CUT {
            let power = (size - 1).ilog2();
            let quarter = (size - 1) >> (power - 2) & 3;
            let class = FINE / ALIGN + 1 + 4 * (power - FINE.ilog2()) as usize + quarter;
            Home::Class(class, (5 + quarter) << (power - 2))
        } else {
            // A layout is smaller than half of the address space.
            Home::Pages(size.next_multiple_of(HUGE))
        }
    }
}

// SAFETY: what is in a list is free, has at least `ALIGN` bytes, and begins with the next one's address or null; the
// `left` bytes from `next` on are mapped and nobody's.
impl Heap {
    #[inline]
    unsafe fn take(&self, class: usize, size: usize) -> *mut u8 {
        let block = self.free[class].get();
        if !block.is_null() {
            let next = unsafe { block.cast::<*mut u8>().read() };
            // It will be read when it is taken in turn, and was last touched long ago.
            #[cfg(target_arch = "x86_64")]
            unsafe {
                std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(next.cast());
            }
            self.free[class].set(next);
            return block;
        }
        if self.left.get() < size && !self.refill() {
            return null_mut();
        }
        let block = self.next.get();
        self.move_to(unsafe { block.add(size) }, self.left.get() - size);
        block
    }

    #[inline]
    unsafe fn give(&self, block: *mut u8, class: usize, size: usize) {
        if self.is_last(block, size) {
            return self.move_to(block, self.left.get() + size);
        }
        unsafe { block.cast::<*mut u8>().write(self.free[class].get()) };
        self.free[class].set(block);
    }

    /// Whether nothing has been cut off since the block was.
    #[inline]
    fn is_last(&self, block: *mut u8, size: usize) -> bool {
        block.wrapping_add(size) == self.next.get()
    }

    #[inline]
    fn move_to(&self, next: *mut u8, left: usize) {
        self.next.set(next);
        self.left.set(left);
    }

    /// Makes the last block one of another size where it stands, if there is room.
    #[inline]
    fn resize_last(&self, block: *mut u8, old: usize, new: usize) -> bool {
        let room = self.left.get() + old;
        let fits = self.is_last(block, old) && new <= room;
        if fits {
            self.move_to(block.wrapping_add(new), room - new);
        }
        fits
    }

    /// Goes on in a new region; what is left of the old one is never touched. False if there is no memory.
    #[cold]
    #[inline(never)]
    fn refill(&self) -> bool {
        // The smaller one where address space is limited.
        let region = [REGION, HUGE].into_iter().map(|size| (map(size), size)).find(|(start, _)| !start.is_null());
        if let Some((start, size)) = region {
            self.move_to(start, size);
        }
        region.is_some()
    }
}

/// Fresh pages, zero; huge ones where the kernel has them. Null if there is no memory.
fn map(size: usize) -> *mut u8 {
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: a new mapping, of which the parts before and after the aligned one go back untouched.
    unsafe {
        let Ok(start) = mmap_anonymous(null_mut(), size + HUGE, access, MapFlags::PRIVATE | MapFlags::NORESERVE) else {
            return null_mut();
        };
        let before = start.align_offset(HUGE);
        let block = start.byte_add(before);
        if before > 0 {
            let _ = munmap(start, before);
        }
        let _ = munmap(block.byte_add(size), HUGE - before);
        // More at once is for long runs, where the kernel clears as long as it hands out. An error says that the kernel
        // knows no huge pages: small ones do.
        if size <= REGION {
            let _ = madvise(block, size, Advice::LinuxHugepage);
        }
        block.cast()
    }
}

// Never inlined: the program would grow by a sixth, and its pages have to be touched as well.
//
// SAFETY: a block's home follows from its layout alone, which comes again when it is freed or resized. Blocks of a
// class are at least as large as the layout, aligned to `ALIGN`, and either cut off once or taken out of a list.
unsafe impl GlobalAlloc for Allocator {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match Home::of(layout) {
            Home::Class(class, size) => HEAP.with(|heap| unsafe { heap.take(class, size) }),
            Home::Pages(size) => map(size),
            Home::System => unsafe { System.alloc(layout) },
        }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let block = unsafe { self.alloc(layout) };
        let is_zero = matches!(Home::of(layout), Home::Pages(_));
        if !block.is_null() && !is_zero {
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match Home::of(layout) {
            Home::Class(class, size) => HEAP.with(|heap| unsafe { heap.give(block, class, size) }),
            Home::Pages(size) => {
                let _ = unsafe { munmap(block.cast(), size) };
            }
            Home::System => unsafe { System.dealloc(block, layout) },
        }
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller vouches for the size with this alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (Home::of(layout), Home::of(wanted)) {
            (Home::Class(_, old), Home::Class(_, new)) | (Home::Pages(old), Home::Pages(new)) if old == new => {
                return block;
            }
            (Home::Class(_, old), Home::Class(_, new)) if HEAP.with(|heap| heap.resize_last(block, old, new)) => {
                return block;
            }
            (Home::Pages(old), Home::Pages(new)) => {
                return unsafe { mremap(block.cast(), old, new, MremapFlags::MAYMOVE) }
                    .map_or(null_mut(), |at| at.cast());
            }
            (Home::System, _) => return unsafe { System.realloc(block, layout, size) },
            _ => {}
        }
        unsafe {
            let to = self.alloc(wanted);
            if !to.is_null() {
                to.copy_from_nonoverlapping(block, layout.size().min(size));
                self.dealloc(block, layout);
            }
            to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn a_class_holds_its_sizes_and_wastes_at_most_a_quarter() {
        let mut last = 0;
        for size in 1..=CUT {
            let Home::Class(class, block) = Home::of(layout(size, ALIGN)) else { panic!("{size} is not cut") };
            assert!(class < CLASSES && block.is_multiple_of(ALIGN), "{size}: class {class} of {block}");
            assert!(size <= block && block < size + size.div_ceil(4).max(ALIGN), "{size} in {block}");
            // Each class has one size of block, and larger sizes have later classes.
            assert!(
                class >= last && matches!(Home::of(layout(block, 1)), Home::Class(same, _) if same == class),
                "{size}"
            );
            last = class;
        }
        assert_eq!(last, CLASSES - 1);
        assert!(matches!(Home::of(layout(CUT + 1, 1)), Home::Pages(HUGE)));
        assert!(matches!(Home::of(layout(8, 64)), Home::System));
    }

    /// Random requests, each block filled with a byte of its own: whatever is handed out twice, moved wrongly or not
    /// cleared shows.
    #[test]
    fn blocks_keep_what_is_written_into_them() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        let size_of = |random: &mut dyn FnMut(usize) -> usize| match random(100) {
            0 => 1 + random(3 * HUGE),
            1..10 => 1 + random(100_000),
            _ => 1 + random(300),
        };
        let check = |block: *mut u8, size: usize, byte: u8| {
            // SAFETY: the block is alive and has that size.
            assert!(unsafe { std::slice::from_raw_parts(block, size) }.iter().all(|at| *at == byte), "{size} bytes");
        };
        let mut blocks: Vec<(*mut u8, Layout, u8)> = Vec::new();
        for round in 0..20_000_u32 {
            let byte = round as u8;
            // SAFETY: layouts are not empty, and a block is given back with the layout it was had for.
            unsafe {
                match random(4) {
                    0 | 1 => {
                        let wanted = layout(size_of(&mut random), 1 << random(8));
                        let zeroed = random(2) == 0;
                        let block = if zeroed { Allocator.alloc_zeroed(wanted) } else { Allocator.alloc(wanted) };
                        assert!(!block.is_null() && block.addr().is_multiple_of(wanted.align()));
                        if zeroed {
                            check(block, wanted.size(), 0);
                        }
                        block.write_bytes(byte, wanted.size());
                        blocks.push((block, wanted, byte));
                    }
                    2 if !blocks.is_empty() => {
                        let (block, old, old_byte) = blocks.swap_remove(random(blocks.len()));
                        let wanted = layout(size_of(&mut random), old.align());
                        let moved = Allocator.realloc(block, old, wanted.size());
                        assert!(!moved.is_null() && moved.addr().is_multiple_of(wanted.align()));
                        check(moved, old.size().min(wanted.size()), old_byte);
                        moved.write_bytes(byte, wanted.size());
                        blocks.push((moved, wanted, byte));
                    }
                    _ if !blocks.is_empty() => {
                        let (block, old, old_byte) = blocks.swap_remove(random(blocks.len()));
                        check(block, old.size(), old_byte);
                        Allocator.dealloc(block, old);
                    }
                    _ => {}
                }
            }
        }
        for (block, old, byte) in blocks {
            check(block, old.size(), byte);
            // SAFETY: as above.
            unsafe { Allocator.dealloc(block, old) };
        }
    }

    #[test]
    fn a_freed_block_is_used_again_and_the_last_one_grows_where_it_stands() {
        // SAFETY: layouts are not empty, and a block is given back with the layout it was had for.
        unsafe {
            let (first, second) = (Allocator.alloc(layout(200, 8)), Allocator.alloc(layout(200, 8)));
            Allocator.dealloc(first, layout(200, 8));
            assert_eq!(Allocator.alloc(layout(208, 8)), first, "of the same class");
            let grown = Allocator.realloc(second, layout(200, 8), 5000);
            assert_eq!(grown, second, "nothing was cut off after it");
            Allocator.dealloc(grown, layout(5000, 8));
            assert_eq!(Allocator.alloc(layout(40, 8)), second, "its place is free again");
        }
    }

    #[test]
    fn a_block_may_be_freed_by_another_thread() {
        let texts: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
        let again = std::thread::spawn(move || texts.iter().map(|text| format!("{text}!")).collect::<Vec<_>>());
        let again = again.join().unwrap();
        assert!(again.iter().enumerate().all(|(number, text)| *text == format!("{number}!")));
    }
}
