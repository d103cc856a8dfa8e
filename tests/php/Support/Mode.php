<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Support;

/** Who reads the sockets of the managers under test: the same tests run in both modes, by `AMI_TEST_IO=background`. */
final class Mode
{
    /** @return array{io?: string} options of a manager */
    public static function options(): array
    {
        $io = (string) getenv('AMI_TEST_IO');

        return $io === '' ? [] : ['io' => $io];
    }
}
