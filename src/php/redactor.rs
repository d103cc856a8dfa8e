//! `Redactor`: what the client's own logs hide, for the application's.

use std::borrow::Cow;

use ami_core::redact::{HIDDEN, Redactor as Rules};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ConstructorResult;
use ext_php_rs::exception::PhpResult;
use ext_php_rs::flags::{DataType, MethodFlags};
use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use super::class::{self, Native, Reply, native_class};
use super::config::ClientOptions;
use super::zend;

/// Arrays within arrays. What is deeper is hidden, so that one that contains itself by reference has an end.
const DEPTH: usize = 32;

/// Elements of all arrays of a value. What comes after is hidden: one that contains itself twice would have 2^32.
const ELEMENTS: usize = 10_000;

/// The rules of a `ClientOptions`.
#[derive(Debug)]
pub(crate) struct Redactor(Rules);

native_class!(Redactor, "Apn\\AmiClient\\Redactor", implements & []);

impl Redactor {
    fn construct(ex: &mut ExecuteData) -> ConstructorResult<Self> {
        let Some((values, Some(this))) = class::arguments(ex, 0, 1) else { return ConstructorResult::ArgError };
        let given = class::argument(values, 0);
        let rules = match given.object().and_then(ClientOptions::of) {
            Some(options) => Ok(rules(options.all())),
            None if given.is_null() => Ok(Rules::default()),
            None => Err(class::wrong_type(0, "options", "?Apn\\AmiClient\\ClientOptions", Some(&given))),
        };
        rules.and_then(|rules| class::fill::<Self>(this, Vec::new()).map(|()| Self(rules))).into()
    }

    fn constructor_arguments(function: FunctionBuilder) -> FunctionBuilder {
        let options = DataType::object("Apn\\AmiClient\\ClientOptions");
        function.not_required().arg(Arg::new("options", options).allow_null().default("null"))
    }

    fn methods() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
        let redact = FunctionBuilder::new("redact", redact).arg(Arg::new("value", DataType::Mixed)).returns(
            DataType::Mixed,
            false,
            false,
        );
        let text = FunctionBuilder::new("text", text).arg(Arg::new("text", DataType::String)).returns(
            DataType::String,
            false,
            false,
        );
        vec![(redact, MethodFlags::Public), (text, MethodFlags::Public)]
    }

    fn value(&self, value: &Zval, depth: usize, left: &mut usize) -> Zval {
        let value = value.dereference();
        if let Some(text) = value.zend_str() {
            return match self.0.text(text.as_bytes()) {
                Cow::Borrowed(_) => value.shallow_clone(),
                Cow::Owned(shown) => zend::string(&shown),
            };
        }
        match value.array() {
            None => value.shallow_clone(),
            Some(_) if depth == 0 => zend::string(HIDDEN.as_bytes()),
            Some(array) => self.array(array, depth - 1, left),
        }
    }

    fn array(&self, array: &ZendHashTable, depth: usize, left: &mut usize) -> Zval {
        let mut shown = ZendHashTable::new();
        let mut entries = array.iter();
        while let Some((key, value)) = entries.next_zval() {
            let hidden = key.zend_str().is_some_and(|name| self.0.hides(name.as_bytes()));
            let value = match left.checked_sub(1) {
                Some(fewer) if !hidden || value.dereference().is_null() => {
                    *left = fewer;
                    self.value(value, depth, left)
                }
                _ => zend::string(HIDDEN.as_bytes()),
            };
            // Neither can fail: the values are plain ones.
            let _ = match key.zend_str() {
                Some(name) => shown.insert(ArrayKey::ZendString(name), value),
                None => shown.insert_at_index(key.long().unwrap_or_default(), value),
            };
            if *left == 0 {
                break;
            }
        }
        let mut zval = Zval::new();
        zval.set_hashtable(shown);
        zval
    }
}

impl Native for Redactor {
    fn finish(class: &mut ClassEntry) {
        zend::mark_sensitive(class, "redact", 0);
        zend::mark_sensitive(class, "text", 0);
    }
}

fn rules(options: &ami_core::config::ClientOptions) -> Rules {
    Rules::new(&options.redaction_keys, &options.redaction_key_patterns, &options.redaction_value_patterns)
}

extern "C" fn redact(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 1, |this: &Redactor, values| -> PhpResult<Reply> {
        Ok(Reply::Value(this.value(&class::argument(values, 0), DEPTH, &mut { ELEMENTS })))
    });
}

extern "C" fn text(ex: &mut ExecuteData, returned: &mut Zval) {
    class::method(ex, returned, 1, |this: &Redactor, values| -> PhpResult<Reply> {
        Ok(Reply::Value(zend::string(&this.0.text(class::bytes(values, 0, "text")?))))
    });
}
