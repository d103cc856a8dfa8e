<?php

declare(strict_types=1);

namespace Apn\AmiClient;

/**
 * What was asked needs the PHP extension `apn_ami`, and it is not loaded.
 *
 * Without it this process has no connections of its own. It can send actions through a listener process (the gateway), and its tests
 * can use fakes.
 */
final class ExtensionMissingException extends \LogicException implements AmiException
{
    private const string HINT = 'The PHP extension "apn_ami" is not loaded. Install it with "pie install apn/ami-client-ext", or load it by '
        . '"extension=apn_ami" in php.ini; "php -m" lists what is loaded. Processes that only send through the gateway, and tests with Ami::fake(), do without.';

    public function __construct()
    {
        $ini = php_ini_loaded_file();
        parent::__construct(self::HINT . ' (PHP ' . \PHP_VERSION . ', ' . \PHP_SAPI . ', ' . ($ini === false ? 'no php.ini' : $ini) . ')');
    }

    /** @throws self where the extension is not loaded */
    public static function check(): void
    {
        if (!\extension_loaded('apn_ami')) {
            throw new self();
        }
    }
}
