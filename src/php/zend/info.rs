//! The tables of `php --ri` and `phpinfo()`.

use std::ffi::CString;

use ext_php_rs::ffi::{
    php_info_print_table_end, php_info_print_table_header, php_info_print_table_row, php_info_print_table_start,
};

/// Prints a table of three columns.
pub(crate) fn print_table(heading: [&str; 3], rows: impl IntoIterator<Item = [String; 3]>) {
    // SAFETY: each takes a count and that many C strings, which it prints and does not keep.
    unsafe {
        php_info_print_table_start();
        let [first, second, third] = heading.map(text);
        php_info_print_table_header(3, first.as_ptr(), second.as_ptr(), third.as_ptr());
        for row in rows {
            let [first, second, third] = row.map(text);
            php_info_print_table_row(3, first.as_ptr(), second.as_ptr(), third.as_ptr());
        }
        php_info_print_table_end();
    }
}

/// Prints a table of names and what they are.
pub(crate) fn print_pairs(rows: impl IntoIterator<Item = (&'static str, String)>) {
    // SAFETY: as above.
    unsafe {
        php_info_print_table_start();
        for (name, value) in rows {
            let (name, value) = (text(name), text(value));
            php_info_print_table_row(2, name.as_ptr(), value.as_ptr());
        }
        php_info_print_table_end();
    }
}

/// None of the texts has a NUL; one that had would be left out.
fn text(text: impl Into<Vec<u8>>) -> CString {
    CString::new(text).unwrap_or_default()
}
