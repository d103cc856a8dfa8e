<?php

declare(strict_types=1);

// Listens to several Asterisk nodes and shows what happens. `./dev demo` runs it; `./dev demo --help` says what it takes.

namespace Apn\AmiClient\Demo;

use Apn\AmiClient\AmiException;
use Apn\AmiClient\Console\Screen;

// No Composer: the demo runs in a fresh clone.
spl_autoload_register(static function (string $class): void {
    foreach (['Apn\\AmiClient\\Demo\\' => __DIR__ . '/', 'Apn\\AmiClient\\' => __DIR__ . '/../php/'] as $prefix => $folder) {
        $file = $folder . str_replace('\\', '/', substr($class, \strlen($prefix))) . '.php';
        if (str_starts_with($class, $prefix) && is_file($file)) {
            require $file;

            return;
        }
    }
});

$arguments = \array_slice($argv, 1);
if (array_intersect($arguments, ['--help', '-h']) !== []) {
    echo Options::HELP;
    exit(0);
}
try {
    $options = Options::from($arguments, getenv());
    exit(new Demo($options, new Screen(STDOUT))->run());
} catch (\InvalidArgumentException $error) {
    // Also what the extension refuses: InvalidConfigurationException is one of these.
    fwrite(STDERR, 'error: ' . $error->getMessage() . "\n" . ($error instanceof AmiException ? '' : "\n" . Options::HELP));
    exit(2);
}
