//! PHP values as configuration values, and back.

use ami_core::config::Value;
use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};

use super::options::ClientOptions;
use crate::php::class::class_name;

/// Deeper than any configuration; an array that contains itself by reference ends here.
const DEPTH: usize = 8;

/// What PHP handed over. [`ClientOptions`] stand for the options that they were given.
pub(crate) fn read(zval: &Zval) -> Value {
    read_at(zval, DEPTH)
}

fn read_at(zval: &Zval, depth: usize) -> Value {
    let zval = zval.dereference();
    if let Some(number) = zval.long() {
        Value::Int(number)
    } else if let Some(number) = zval.double() {
        Value::Float(number)
    } else if let Some(flag) = zval.bool() {
        Value::Bool(flag)
    } else if let Some(text) = zval.zend_str() {
        Value::text(text.as_bytes())
    } else if let Some(array) = zval.array() {
        if depth == 0 { Value::Other("array nested too deeply".into()) } else { read_array(array, depth - 1) }
    } else if let Some(object) = zval.object() {
        read_object(object)
    } else if zval.is_resource() {
        Value::Other("resource".into())
    } else {
        Value::Null
    }
}

fn read_array(array: &ZendHashTable, depth: usize) -> Value {
    let mut is_list = true;
    let mut pairs = Vec::with_capacity(array.len());
    let mut entries = array.iter();
    while let Some((key, value)) = entries.next_zval() {
        let index = i64::try_from(pairs.len()).ok();
        is_list &= key.long().is_some() && key.long() == index;
        let name = match (key.long(), key.zend_str()) {
            (Some(number), _) => number.to_string().into_bytes(),
            (None, Some(text)) => text.as_bytes().to_vec(),
            (None, None) => Vec::new(),
        };
        pairs.push((name, read_at(value, depth)));
    }
    if is_list { Value::List(pairs.into_iter().map(|(_, value)| value).collect()) } else { Value::Map(pairs) }
}

fn read_object(object: &ZendObject) -> Value {
    if let Some(options) = ClientOptions::of(object) {
        return options.as_value();
    }
    let class = class_name(object);
    Value::Other(class.into_boxed_str())
}

/// Only the type of something, of an object its class: for what must not be shown.
pub(crate) fn named_type(zval: &Zval) -> Value {
    let zval = zval.dereference();
    let name = match zval.object() {
        Some(object) => class_name(object),
        None => read(zval).type_name().to_owned(),
    };
    Value::Other(name.into_boxed_str())
}

/// A configuration value for PHP. What was an object is only the name of its class.
pub(crate) fn write(value: &Value) -> Zval {
    let mut zval = Zval::new();
    match value {
        Value::Null => zval.set_null(),
        Value::Bool(flag) => zval.set_bool(*flag),
        Value::Int(number) => zval.set_long(*number),
        Value::Float(number) => zval.set_double(*number),
        Value::Bytes(bytes) => zval.set_binary(bytes.clone()),
        Value::Other(name) => zval.set_binary(name.as_bytes().to_vec()),
        Value::List(values) => {
            let mut array = ZendHashTable::new();
            for value in values {
                // Fails only where the value cannot become a zval, and it is one.
                let _ = array.push(write(value));
            }
            zval.set_hashtable(array);
        }
        Value::Map(pairs) => {
            let mut array = ZendHashTable::new();
            for (name, value) in pairs {
                let _ = array.insert(String::from_utf8_lossy(name).into_owned(), write(value));
            }
            zval.set_hashtable(array);
        }
    }
    zval
}

/// A list of strings for PHP.
pub(crate) fn strings<'a>(texts: impl Iterator<Item = &'a str>) -> Zval {
    write(&Value::List(texts.map(Value::text).collect()))
}
