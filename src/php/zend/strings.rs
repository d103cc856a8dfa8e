//! PHP strings that are shared instead of copied.

use std::fmt;
use std::ptr::NonNull;

use ext_php_rs::ffi::{ext_php_rs_zend_string_init, ext_php_rs_zend_string_release, zend_string};
use ext_php_rs::flags::ZvalTypeFlags;
use ext_php_rs::types::Zval;

// Zend/zend_types.h, PHP 8.1 to 8.5: a string without a count of references that outlives the request.
const STR_INTERNED: u32 = 1 << 6;
const STR_PERMANENT: u32 = 1 << 8;

/// How many names a cache keeps. Asterisk 22 with every module sends some 400 header names and 180 event names.
const MAX_NAMES: usize = 1_024;

/// The longest name that is kept; longer ones are made by values (`ChanVariable(Local/...)`) and do not come again.
const MAX_NAME: usize = 64;

unsafe extern "C" {
    static zend_empty_string: *mut zend_string;
    static zend_one_char_string: [*mut zend_string; 256];
    fn zend_string_hash_func(string: *mut zend_string) -> usize;
    fn _zend_handle_numeric_str_ex(key: *const u8, length: usize, index: *mut usize) -> bool;
}

/// A new PHP string; none is allocated for one of no or one byte.
pub(crate) fn string(bytes: &[u8]) -> Zval {
    let mut zval = Zval::new();
    write_string(&mut zval, bytes);
    zval
}

#[inline]
pub(super) fn write_string(zval: &mut Zval, bytes: &[u8]) {
    // SAFETY: the engine's own strings live as long as the process; a new one is owned by the zval it is put into, whose
    // old value the caller has made sure is nothing that is counted.
    unsafe {
        match *bytes {
            [] => put(zval, zend_empty_string, ZvalTypeFlags::InternedStringEx),
            [byte] => {
                // One for each byte there is.
                let one = (&raw const zend_one_char_string).cast::<*mut zend_string>().add(usize::from(byte));
                put(zval, *one, ZvalTypeFlags::InternedStringEx);
            }
            _ => put(zval, allocate(bytes, false), ZvalTypeFlags::StringEx),
        }
    }
}

unsafe fn allocate(bytes: &[u8], persistent: bool) -> *mut zend_string {
    // SAFETY: the engine copies that many bytes.
    unsafe { ext_php_rs_zend_string_init(bytes.as_ptr().cast(), bytes.len(), persistent) }
}

fn put(zval: &mut Zval, string: *mut zend_string, flags: ZvalTypeFlags) {
    zval.value.str_ = string;
    zval.u1.type_info = flags.bits();
}

/// A PHP string that many objects have in common, such as the key of a server.
///
/// Lives in the request's memory: it must be dropped before the request ends, as everything an object owns is.
pub(crate) struct SharedString(NonNull<zend_string>);

impl SharedString {
    /// A new string.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        // SAFETY: the allocator never returns null, it ends the process instead.
        Self(unsafe { NonNull::new_unchecked(allocate(bytes, false)) })
    }

    /// Another reference to the same string, for PHP.
    #[inline]
    pub(crate) fn zval(&self) -> Zval {
        let mut zval = Zval::new();
        let string = self.0.as_ptr();
        // SAFETY: the string is alive as long as `self` is.
        unsafe {
            let flags = if is_interned(string) { ZvalTypeFlags::InternedStringEx } else { ZvalTypeFlags::StringEx };
            add_reference(string);
            put(&mut zval, string, flags);
        }
        zval
    }

    /// Its bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        // SAFETY: as above; strings are not changed while somebody else refers to them.
        unsafe { self.0.as_ref().as_bytes() }
    }
}

impl Clone for SharedString {
    fn clone(&self) -> Self {
        // SAFETY: alive as long as `self` is.
        unsafe { add_reference(self.0.as_ptr()) };
        Self(self.0)
    }
}

impl Drop for SharedString {
    fn drop(&mut self) {
        // SAFETY: gives back the reference that this value is.
        unsafe { ext_php_rs_zend_string_release(self.0.as_ptr()) };
    }
}

impl fmt::Debug for SharedString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self.as_bytes()))
    }
}

unsafe fn is_interned(string: *mut zend_string) -> bool {
    // SAFETY: the caller has a live string; every member of the union is the same four bytes.
    unsafe { (*string).gc.u.type_info & STR_INTERNED != 0 }
}

#[inline]
unsafe fn add_reference(string: *mut zend_string) {
    // SAFETY: the caller has a live string, and interned ones are not counted.
    unsafe {
        if !is_interned(string) {
            (*string).gc.refcount += 1;
        }
    }
}

/// Strings that come again and again, such as header names: made once for the process, found by their bytes.
///
/// The strings are permanent in the engine's sense: neither copied, counted nor freed, whoever holds them. A full
/// cache stays as it is, so what a peer can fill it with is bounded; names that it lacks are made anew each time.
pub(crate) struct Names {
    /// Open addressing; twice as many places as names.
    table: Vec<Option<Name>>,
    len: usize,
    lower: bool,
}

struct Name {
    print: Print,
    /// The bytes between the first and the last eight, of which the print tells nothing.
    middle: Box<[u8]>,
    key: Key,
}

/// The length of some bytes, and the first and the last eight of them: in up to 16 bytes that is all.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Print {
    len: usize,
    head: u64,
    tail: u64,
}

impl Print {
    #[inline]
    fn of(bytes: &[u8]) -> Self {
        let (head, tail) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(head), Some(tail)) => (u32::from_le_bytes(*head).into(), u32::from_le_bytes(*tail).into()),
                _ => (bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0),
            },
        };
        Self { len: bytes.len(), head, tail }
    }

    /// Cheap, and enough for names that differ in length or at their ends.
    #[inline]
    fn hash(self) -> usize {
        let mixed = (self.head ^ self.tail.rotate_left(23) ^ (self.len as u64)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 40) as usize
    }
}

/// What a print does not tell.
#[inline]
fn middle(bytes: &[u8]) -> &[u8] {
    bytes.get(8..bytes.len().saturating_sub(8)).unwrap_or_default()
}

/// A string as the key of a PHP array.
#[derive(Clone, Copy)]
pub(super) enum Key {
    String(*mut zend_string),
    /// PHP makes integers of keys that look like one.
    Index(usize),
}

/// A key that is either the cache's or has to be given back.
pub(super) struct FoundKey {
    pub(super) key: Key,
    owned: bool,
}

impl Drop for FoundKey {
    fn drop(&mut self) {
        if let (true, Key::String(string)) = (self.owned, self.key) {
            // SAFETY: gives back the reference that `Names::key` made for this value.
            unsafe { ext_php_rs_zend_string_release(string) };
        }
    }
}

// SAFETY: nobody else writes to its strings, as nobody counts references to permanent ones, and they are freed in no thread.
unsafe impl Send for Names {}

impl Names {
    const PLACES: usize = MAX_NAMES * 2;

    /// An empty cache whose strings are in lower case, or as they were sent.
    pub(crate) const fn new(lower: bool) -> Self {
        Self { table: Vec::new(), len: 0, lower }
    }

    /// The string for some bytes, as a value.
    #[inline]
    pub(crate) fn zval(&mut self, sent: &[u8]) -> Zval {
        let found = self.key(sent, false);
        let mut zval = Zval::new();
        if let Key::String(string) = found.key {
            // Also what is made anew may be the engine's own: of up to one byte it has every string already, and counting references
            // to those would free them.
            // SAFETY: the key has a live string.
            let is_counted = found.owned && !unsafe { is_interned(string) };
            let flags = if is_counted { ZvalTypeFlags::StringEx } else { ZvalTypeFlags::InternedStringEx };
            std::mem::forget(found);
            put(&mut zval, string, flags);
        }
        zval
    }

    /// The string for some bytes, as the key of an array.
    #[inline]
    pub(super) fn key(&mut self, sent: &[u8], numeric: bool) -> FoundKey {
        if self.table.is_empty() {
            self.table.resize_with(Self::PLACES, || None);
        }
        let print = Print::of(sent);
        let mut place = print.hash() & (Self::PLACES - 1);
        // Ends: at least half of the places are free.
        while let Some(Some(name)) = self.table.get(place) {
            if name.print == print && (name.middle.is_empty() || *name.middle == *middle(sent)) {
                return FoundKey { key: name.key, owned: false };
            }
            place = (place + 1) & (Self::PLACES - 1);
        }
        self.add(sent, print, numeric, place)
    }

    #[cold]
    fn add(&mut self, sent: &[u8], print: Print, numeric: bool, place: usize) -> FoundKey {
        let keep = self.len < MAX_NAMES && sent.len() <= MAX_NAME;
        let lowered;
        let bytes = if self.lower {
            lowered = sent.to_ascii_lowercase();
            &lowered
        } else {
            sent
        };
        // SAFETY: a string that nobody else has yet; permanent ones are allocated outside of the request's memory, as
        // the engine allocates its own.
        let key = unsafe {
            let mut index = 0;
            let maybe = bytes.first().is_some_and(|first| first.is_ascii_digit() || *first == b'-');
            if numeric && maybe && _zend_handle_numeric_str_ex(bytes.as_ptr(), bytes.len(), &raw mut index) {
                Key::Index(index)
            } else {
                let string = allocate(bytes, keep);
                zend_string_hash_func(string);
                if keep {
                    (*string).gc.u.type_info |= STR_INTERNED | STR_PERMANENT;
                }
                Key::String(string)
            }
        };
        if keep && let Some(free) = self.table.get_mut(place) {
            *free = Some(Name { print, middle: middle(sent).into(), key });
            self.len += 1;
        }
        FoundKey { key, owned: !keep }
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").field("len", &self.len).finish_non_exhaustive()
    }
}
