<?php

declare(strict_types=1);

// Without Composer's packages, some tests cannot even be loaded. Writes a PHPUnit configuration with the others:
//   php tests/without-packages.php SUITE CONFIGURATION
// and names each test that it leaves out, with the class that is missing.

require __DIR__ . '/bootstrap.php';

[, $suite, $to] = $argv;
$project = dirname(__DIR__);
$folder = $project . '/tests/php' . ($suite === 'asterisk' ? '/Asterisk' : '');

/** @return list<string> the classes that a file imports or extends by full name */
function imports(string $file): array
{
    $names = [];
    foreach (PhpToken::tokenize((string) file_get_contents($file)) as $token) {
        if ($token->is([T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED])) {
            $names[] = ltrim($token->text, '\\');
        }
    }

    return array_values(array_unique($names));
}

/** @param array<string, true> $seen */
function missing(string $file, array &$seen): ?string
{
    if (isset($seen[$file])) {
        return null;
    }
    $seen[$file] = true;
    foreach (imports($file) as $name) {
        if (str_starts_with($name, 'PHPUnit\\') || !preg_match('/^[A-Z]\w*\\\\/', $name)) {
            continue;
        }
        $own = own_file($name);
        if ($own !== null) {
            $further = missing($own, $seen);
            if ($further !== null) {
                return $further;
            }
        } elseif (!str_starts_with($name, 'Apn\\') && !class_exists($name) && !interface_exists($name) && !trait_exists($name) && !function_exists($name)) {
            return $name;
        }
    }

    return null;
}

function own_file(string $class): ?string
{
    foreach (['Apn\\AmiClient\\Tests\\' => '/tests/php/', 'Apn\\AmiClient\\' => '/php/'] as $prefix => $folder) {
        $file = dirname(__DIR__) . $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
        if (str_starts_with($class, $prefix) && is_file($file)) {
            return $file;
        }
    }

    return null;
}

$files = '';
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS)) as $entry) {
    $file = (string) $entry;
    $local = substr($file, strlen($project) + 1);
    if (!str_ends_with($file, 'Test.php') || ($suite !== 'asterisk' && str_starts_with($local, 'tests/php/Asterisk/'))) {
        continue;
    }
    $belongs = match ($suite) {
        'background' => '~^tests/php/(Loop/|Unit/Worker/|Contract/NativeManagerTest)~',
        'without-extension' => '~^tests/php/(Unit/(Actions|Bridge|Testing)/|Contract/FakeManagerTest|Polyfill/(Missing|Signatures)Test)~',
        default => '~^tests/php/(?!Laravel/)~',
    };
    if (!preg_match($belongs, $local)) {
        continue;
    }
    $seen = [];
    $name = missing($file, $seen);
    if ($name === null) {
        $files .= '<file>' . htmlspecialchars($file, ENT_XML1) . '</file>';
    } else {
        echo "$local left out: no $name\n";
    }
}

$bootstrap = htmlspecialchars(__DIR__ . '/bootstrap.php', ENT_XML1);
file_put_contents($to, <<<XML
    <?xml version="1.0"?>
    <phpunit bootstrap="$bootstrap" beStrictAboutOutputDuringTests="true" failOnRisky="true" failOnWarning="true">
      <testsuites><testsuite name="$suite">$files</testsuite></testsuites>
    </phpunit>
    XML);
