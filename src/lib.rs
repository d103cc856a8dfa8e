//! `apn_ami`, the PHP extension.
#![allow(missing_docs, reason = "`#[php_module]` generates an undocumented function")]

use ext_php_rs::prelude::*;

/// Tells PHP what this extension contains.
#[php_module]
pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
    module.name("apn_ami")
}
