//! `apn_ami`, the PHP extension.
#![allow(missing_docs, reason = "`#[php_module]` generates an undocumented function")]

use ext_php_rs::prelude::*;

mod php;

/// Tells PHP what this extension contains.
#[php_module]
pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
    php::register(module.name("apn_ami"))
}
