//! PHP arrays, written directly.

use ext_php_rs::ffi::{
    _zend_new_array, zend_hash_index_find, zend_hash_index_update, zend_hash_next_index_insert, zend_string,
};
use ext_php_rs::flags::ZvalTypeFlags;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::strings::{Key, Names, write_string};

unsafe extern "C" {
    fn zend_hash_lookup(table: *mut ZendHashTable, key: *mut zend_string) -> *mut Zval;
}

/// Bytes of a frame for each of its headers, for the first size of an array; events average 24 to 30.
const BYTES_A_HEADER: usize = 24;

/// Most places that a new array gets before it is known to need them.
const MAX_GUESS: usize = 64;

/// Headers by name in one pass: a name that repeats becomes a list at its first place.
///
/// `bytes` is the size of what the headers come from, to guess how many there are.
pub(crate) fn array_of_headers<'a>(
    names: &mut Names,
    bytes: usize,
    headers: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> Zval {
    // SAFETY: a new array that only this function knows. `zend_hash_lookup` gives the place of a key, and puts a null
    // there when there was none; no place is kept over the next change of the array.
    unsafe {
        let table = new_array((bytes / BYTES_A_HEADER).min(MAX_GUESS));
        for (name, value) in headers {
            let found = names.key(name, true);
            let place = match found.key {
                Key::String(key) => zend_hash_lookup(table, key),
                Key::Index(index) => {
                    let place = zend_hash_index_find(table, index as _);
                    if place.is_null() {
                        let mut null = Zval::null();
                        zend_hash_index_update(table, index as _, &raw mut null)
                    } else {
                        place
                    }
                }
            };
            match place.as_mut() {
                Some(place) if place.is_null() => write_string(place, value),
                Some(place) => add_to_list(place, value),
                None => {}
            }
        }
        array(table)
    }
}

/// A list of byte strings.
pub(crate) fn list<'a>(values: impl Iterator<Item = &'a [u8]>) -> Zval {
    // SAFETY: a new array that only this function knows.
    unsafe {
        let table = new_array(0);
        for value in values {
            push(table, value);
        }
        array(table)
    }
}

/// Turns a string into a list with a second one, or lengthens the list.
unsafe fn add_to_list(place: &mut Zval, value: &[u8]) {
    // SAFETY: values of this array are strings or lists made here, which nobody else refers to yet.
    unsafe {
        if !place.is_array() {
            let table = new_array(2);
            let mut first = std::mem::replace(place, array(table));
            // The list takes over the reference.
            zend_hash_next_index_insert(table, &raw mut first);
            std::mem::forget(first);
        }
        push(place.value.arr, value);
    }
}

unsafe fn push(table: *mut ZendHashTable, value: &[u8]) {
    let mut zval = Zval::new();
    write_string(&mut zval, value);
    // SAFETY: the caller owns the table; it takes over the only reference to the string.
    unsafe { zend_hash_next_index_insert(table, &raw mut zval) };
    std::mem::forget(zval);
}

fn new_array(size: usize) -> *mut ZendHashTable {
    // SAFETY: the engine rounds the size up, and ends the process when there is no memory.
    unsafe { _zend_new_array(u32::try_from(size).unwrap_or_default()) }
}

fn array(table: *mut ZendHashTable) -> Zval {
    let mut zval = Zval::new();
    zval.value.arr = table;
    zval.u1.type_info = ZvalTypeFlags::ArrayEx.bits();
    zval
}
