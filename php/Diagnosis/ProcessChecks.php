<?php

declare(strict_types=1);

namespace Apn\AmiClient\Diagnosis;

/** This PHP, and what the system allows it. */
final readonly class ProcessChecks
{
    private const string SUBJECT = 'php';

    /** Files that a worker has open besides its connections. */
    private const int OTHER_FILES = 64;

    private const int LEAST_MEMORY = 128 * 1024 * 1024;

    /** @param int $servers that a listener connects to */
    public function __construct(private int $servers) {}

    /** @return iterable<Finding> */
    public function run(): iterable
    {
        $version = phpversion('apn_ami');
        if ($version === false) {
            yield Finding::failure(self::SUBJECT, 'extension', 'the extension apn_ami is not loaded', 'extension=apn_ami   # in php.ini: ' . (php_ini_loaded_file() === false ? 'there is none' : php_ini_loaded_file()));
        } else {
            yield Finding::ok(self::SUBJECT, 'extension', \sprintf('apn_ami %s, PHP %s %s%s', $version, PHP_VERSION, \PHP_ZTS === 1 ? 'ZTS' : 'NTS', PHP_DEBUG === 1 ? ', a debug build of PHP' : ''));
        }
        if (\extension_loaded('xdebug')) {
            yield Finding::warning(self::SUBJECT, 'xdebug', 'Xdebug is loaded: listeners take several times as long', 'php -n, or a php.ini of its own for workers, without zend_extension=xdebug');
        }
        yield $this->memory();
        yield $this->files();
    }

    private function memory(): Finding
    {
        $limit = ini_parse_quantity(ini_get('memory_limit'));

        return $limit > 0 && $limit < self::LEAST_MEMORY
            ? Finding::warning(self::SUBJECT, 'memory_limit', \sprintf('memory_limit is %d MB, past which PHP ends a worker without a goodbye', $limit >> 20), 'memory_limit = 256M   # in php.ini of the command line')
            : Finding::ok(self::SUBJECT, 'memory_limit', $limit <= 0 ? 'memory_limit is off' : \sprintf('memory_limit is %d MB', $limit >> 20));
    }

    private function files(): Finding
    {
        $limits = @file_get_contents('/proc/self/limits');
        if ($limits === false || preg_match('/^Max open files\s+(\d+|unlimited)/m', $limits, $found) !== 1) {
            return Finding::skipped(self::SUBJECT, 'open files', 'the limit of open files is not to be had on this system');
        }
        $needed = $this->servers + self::OTHER_FILES;

        return $found[1] !== 'unlimited' && (int) $found[1] < $needed
            ? Finding::failure(self::SUBJECT, 'open files', "{$found[1]} files may be open, and {$this->servers} servers need $needed", 'LimitNOFILE=65536   # systemd; ulimit -n elsewhere')
            : Finding::ok(self::SUBJECT, 'open files', "{$found[1]} files may be open, of which {$this->servers} servers need about $needed");
    }
}
