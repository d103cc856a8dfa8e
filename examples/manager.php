<?php

declare(strict_types=1);

namespace Apn\AmiClient\Examples;

use Apn\AmiClient\AmiClientManager;

require \dirname(__DIR__) . '/vendor/autoload.php';

/** The manager of the examples: one server, by the environment. */
function manager(): AmiClientManager
{
    return AmiClientManager::fromConfig(['servers' => ['pbx' => [
        'host' => environment('AMI_HOST', '127.0.0.1'),
        'port' => (int) environment('AMI_PORT', '5038'),
        'username' => environment('AMI_USERNAME', 'dialer'),
        'secret' => environment('AMI_SECRET', 's3cret'),
    ]]]);
}

function environment(string $name, string $otherwise): string
{
    $given = (string) getenv($name);

    return $given !== '' ? $given : $otherwise;
}
