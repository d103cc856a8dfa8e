<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Stubs;

use PHPUnit\Framework\TestCase;

/** The package of the stubs, as ./dev package stubs lays it out: installed by Composer in a project, and used by PHPStan there. */
final class PackageTest extends TestCase
{
    private const string ROOT = __DIR__ . '/../../..';

    private string $folder = '';

    protected function setUp(): void
    {
        exec('composer --version 2>&1', $none, $status);
        if ($status !== 0 || !is_dir(self::ROOT . '/vendor/phpstan/phpstan')) {
            self::markTestSkipped('needs Composer and PHPStan');
        }
        $this->folder = sys_get_temp_dir() . '/ami-stubs-' . bin2hex(random_bytes(6));
        mkdir("$this->folder/project/src", recursive: true);
    }

    protected function tearDown(): void
    {
        if ($this->folder !== '') {
            exec('rm -r ' . escapeshellarg($this->folder));
        }
    }

    public function test_phpstan_knows_the_extension_by_the_package_alone(): void
    {
        $package = "$this->folder/package";
        $this->command(self::ROOT, [PHP_BINARY, self::ROOT . '/packaging/stubs/build', $package]);
        self::assertCount(\count((array) glob(self::ROOT . '/stubs/*.php')), (array) glob("$package/stubs/*.php"));

        $project = "$this->folder/project";
        $this->write("$project/composer.json", json_encode([
            'repositories' => [
                ['type' => 'path', 'url' => $package],
                $this->installed('phpstan/phpstan'),
                $this->installed('phpstan/extension-installer'),
                ['packagist.org' => false],
            ],
            'require-dev' => ['apn/ami-client-stubs' => '*', 'phpstan/extension-installer' => '*', 'phpstan/phpstan' => '*'],
            'config' => ['allow-plugins' => ['phpstan/extension-installer' => true]],
        ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES));
        $this->write("$project/phpstan.neon", "parameters:\n    level: max\n    paths: [src]\n    tmpDir: tmp\n");
        $this->write("$project/src/right.php", <<<'PHP'
            <?php
            $manager = Apn\AmiClient\AmiClientManager::fromConfig(['servers' => ['a' => ['host' => '192.0.2.1', 'username' => 'u', 'secret' => 's']]]);
            $manager->onEvent('Hangup', function (Apn\AmiClient\AmiEvent $event): void {
                echo $event->get('Channel') ?? 'none';
            });
            echo $manager->health()['a']['queued_events'] + 1;
            PHP);
        $this->write("$project/src/wrong.php", <<<'PHP'
            <?php
            function wrong(Apn\AmiClient\AmiClientManager $manager): void {
                $manager->sned(new Apn\AmiClient\GenericAction('Ping'));
                echo $manager->health()['a']['queue'];
                $manager->tickAll('soon');
            }
            PHP);
        $this->command($project, ['composer', 'update', '--quiet', '--no-interaction']);
        $said = $this->command($project, [PHP_BINARY, 'vendor/bin/phpstan', 'analyse', '--no-progress', '--error-format=raw', '--memory-limit=512M'], 1);

        preg_match_all('~/src/(\w+)\.php:(\d+):~', $said, $found, PREG_SET_ORDER);
        self::assertSame(['wrong 3', 'wrong 4', 'wrong 5'], array_values(array_unique(array_map(static fn(array $one): string => "$one[1] $one[2]", $found))), $said);
    }

    /** @return array<string, mixed> a repository of what is installed here, so that nothing is fetched; a copy, as plugins write into themselves */
    private function installed(string $name): array
    {
        return ['type' => 'path', 'url' => realpath(self::ROOT . "/vendor/$name"), 'options' => ['symlink' => false, 'versions' => [$name => \Composer\InstalledVersions::getPrettyVersion($name)]]];
    }

    private function write(string $file, string $text): void
    {
        file_put_contents($file, $text);
    }

    /** @param list<string> $command */
    private function command(string $folder, array $command, int $expected = 0): string
    {
        $environment = ['COMPOSER_ALLOW_SUPERUSER' => '1', 'COMPOSER_HOME' => "$this->folder/composer", 'COMPOSER_ROOT_VERSION' => '1.0.0'] + getenv();
        $process = proc_open(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes, $folder, $environment);
        self::assertIsResource($process);
        $said = (string) stream_get_contents($pipes[1]);
        self::assertSame($expected, proc_close($process), $said);

        return $said;
    }
}
