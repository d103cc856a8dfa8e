<?php

declare(strict_types=1);

// With Composer's packages: its autoloader, of the folder that AMI_VENDOR names or of this project. Without: this project's own classes,
// and what the distribution has of the PSRs.

$vendor = (string) getenv('AMI_VENDOR');
$autoload = ($vendor !== '' ? $vendor : dirname(__DIR__) . '/vendor') . '/autoload.php';
if (is_file($autoload)) {
    require $autoload;

    return;
}

spl_autoload_register(static function (string $class): void {
    $folders = ['Apn\\AmiClient\\Tests\\' => [__DIR__ . '/php/'], 'Apn\\AmiClient\\' => [dirname(__DIR__) . '/php/', dirname(__DIR__) . '/polyfill/']];
    foreach ($folders as $prefix => $within) {
        if (!str_starts_with($class, $prefix)) {
            continue;
        }
        foreach ($within as $folder) {
            $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($file)) {
                require $file;

                return;
            }
        }
    }
});

foreach (['Psr/Log/autoload.php', 'Psr/Clock/autoload.php'] as $file) {
    if (stream_resolve_include_path($file) !== false) {
        require $file;
    }
}
