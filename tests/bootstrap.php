<?php

declare(strict_types=1);

// With Composer's packages: its autoloader. Without: this project's own classes, and what the distribution has of the PSRs.

$autoload = dirname(__DIR__) . '/vendor/autoload.php';
if (is_file($autoload)) {
    require $autoload;

    return;
}

spl_autoload_register(static function (string $class): void {
    foreach (['Apn\\AmiClient\\Tests\\' => __DIR__ . '/php/', 'Apn\\AmiClient\\' => dirname(__DIR__) . '/php/'] as $prefix => $folder) {
        if (!str_starts_with($class, $prefix)) {
            continue;
        }
        $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (is_file($file)) {
            require $file;

            return;
        }
    }
});

foreach (['Psr/Log/autoload.php', 'Psr/Clock/autoload.php'] as $file) {
    if (stream_resolve_include_path($file) !== false) {
        require $file;
    }
}
