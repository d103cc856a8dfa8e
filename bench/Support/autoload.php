<?php

declare(strict_types=1);

// The classes that programs and drivers here share. Nothing else: a driver of another client must not find this project's
// packages before its own.

spl_autoload_register(static function (string $class): void {
    $prefix = 'Apn\\AmiClient\\Bench\\Support\\';
    $file = __DIR__ . '/' . substr($class, \strlen($prefix)) . '.php';
    if (str_starts_with($class, $prefix) && is_file($file)) {
        require $file;
    }
});
