<?php

declare(strict_types=1);

namespace Apn\AmiClient\Polyfill;

use Apn\AmiClient\ExtensionMissingException;

/**
 * Says what to do where nothing but the extension can help.
 *
 * @internal
 */
final class Missing
{
    public static function extension(): never
    {
        throw new ExtensionMissingException();
    }
}
